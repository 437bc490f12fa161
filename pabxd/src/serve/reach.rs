//! What the engine asks of the world outside: DNS, and ways to servers. Each is a task of its own, so that none waits for
//! another; the answers come back to the engine as its inputs.

use super::core::Core;
use crate::net::{Dns, Outgoing, Streams};
use pabx_call::{Input, Ticket};
use pabx_sip::flow::Transport;
use pabx_sip::target::{Query, Target};
use std::rc::{Rc, Weak};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_local;

/// One thing that is asked.
pub(super) enum Order {
    Resolve(Ticket, Query),
    Connect(Ticket, Target),
}

/// Where orders go in. There are as many as the engine has trunks and a few more: it bounds them itself.
pub(super) struct Reach(UnboundedSender<Order>);

impl Reach {
    pub(super) fn new() -> (Self, UnboundedReceiver<Order>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), receiver)
    }

    pub(super) fn order(&self, order: Order) {
        let _ = self.0.send(order);
    }
}

/// The hands.
pub(super) struct Hands {
    pub(super) core: Weak<Core>,
    pub(super) streams: Rc<Streams>,
    pub(super) dns: Dns,
    pub(super) outgoing: Outgoing,
}

/// Carries out orders for ever.
pub(super) async fn carry_out(hands: Rc<Hands>, mut orders: UnboundedReceiver<Order>) {
    while let Some(order) = orders.recv().await {
        spawn_local(Rc::clone(&hands).carry_out(order));
    }
}

impl Hands {
    async fn carry_out(self: Rc<Self>, order: Order) {
        let input = match order {
            Order::Resolve(ticket, query) => {
                let (answer, ttl) = self.dns.ask(query).await;
                Input::Resolved { ticket, answer, ttl }
            }
            Order::Connect(ticket, target) => {
                let flow = match target.transport {
                    Transport::Udp => self.core.upgrade().and_then(|core| core.udp_to(target.address)),
                    _ => self.outgoing.connect(&self.streams, &target).await,
                };
                // Providers are silent for long, like phones that have registered.
                if let Some(flow) = &flow {
                    self.streams.mark_registered(flow);
                }
                Input::Connected { ticket, flow }
            }
        };
        if let Some(core) = self.core.upgrade() {
            core.input(input);
        }
    }
}
