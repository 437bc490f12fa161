//! `pabxd console`: state and menu on HDMI or a serial line.
//!
//! - [`texts`]: every word, in three languages; [`menu`]: what keys do; [`screen`]: what is shown. All of them pure.
//! - `terminal`: keys and lines; and here: the daemon is asked, and told what the menu wants done.
//!
//! The console works while the daemon does not: it then restarts and resets the box by itself.

pub mod menu;
pub mod screen;
mod terminal;
pub mod texts;

use self::menu::{Known, Menu, Order};
use self::screen::{Facts, render};
use self::terminal::{Came, Terminal};
use self::texts::Text;
use crate::administrator::Given;
use crate::appliance::bus::Address;
use crate::appliance::disk::{Data, Disk};
use crate::appliance::network::{InterfaceName, Links, Networkd};
use crate::appliance::power::{Logind, Power};
use crate::config::{Config, Language};
use crate::control::{Client, ClientError, Request};
use anyhow::Context;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};

/// Between two looks at the box.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How long the daemon may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take for what is only shown.
const GLANCE: Duration = Duration::from_secs(3);

/// Runs until the line is gone.
pub fn run(config: &Config) -> anyhow::Result<()> {
    let console = Console::new(config)?;
    let mut terminal = Terminal::open()?;
    let mut menu = Menu::new(console.language);
    let (mut facts, mut looked) = (console.look(), Instant::now());
    let mut last = String::new();
    loop {
        let screen = render(&menu, &facts, console.language);
        if screen != last {
            Terminal::show(&screen)?;
            last = screen;
        }
        match terminal.key(LOOK_EVERY)? {
            Came::End => return Ok(()),
            Came::Key(key) => {
                if let Some(order) = menu.key(key, &known(&facts)) {
                    menu.say(console.carry_out(&order));
                    facts = console.look();
                }
            }
            Came::Nothing | Came::Other => {}
        }
        if looked.elapsed() >= LOOK_EVERY {
            (facts, looked) = (console.look(), Instant::now());
        }
    }
}

fn known(facts: &Facts) -> Known {
    let network = facts.network.as_ref();
    Known {
        interfaces: facts.interfaces.clone(),
        network: network.map(|network| network.config.clone()).unwrap_or_default(),
        on_trial: network.is_some_and(|network| network.on_trial.is_some()),
    }
}

struct Console {
    client: Client,
    language: Language,
    links: Networkd,
    data: Data,
    power: Logind,
}

impl Console {
    fn new(config: &Config) -> anyhow::Result<Self> {
        let socket = config.control.socket().context("the configuration names no control.socket")?;
        let appliance = &config.appliance;
        Ok(Self {
            client: Client::new(socket),
            language: language(std::env::var("PABX_LANGUAGE").ok().as_deref()).unwrap_or(appliance.language),
            links: Networkd::new(appliance.network_directory.clone(), Address::System),
            data: Data::new(appliance.data_directory.clone()),
            power: Logind::new(Address::System),
        })
    }

    /// What can be known now; what does not answer is left out.
    fn look(&self) -> Facts {
        fn ask<T: DeserializeOwned>(client: &Client, request: &Request) -> Option<T> {
            client.ask(request, GLANCE).ok()
        }
        let status = ask(&self.client, &Request::Status);
        let alive = status.is_some();
        Facts {
            network: alive.then(|| ask(&self.client, &Request::Network)).flatten(),
            update: alive.then(|| ask(&self.client, &Request::Update)).flatten(),
            status,
            addresses: self.links.addresses().unwrap_or_default(),
            interfaces: interfaces(),
        }
    }

    /// Does it, and says what came of it.
    fn carry_out(&self, order: &Order) -> String {
        let done = match order.clone() {
            Order::Apply(config) => self.ask_for(&Request::NetworkApply { config }, Text::Applied),
            Order::Confirm => self.ask_for(&Request::NetworkConfirm, Text::Confirmed),
            Order::Reboot => self.reboot(&Request::Reboot),
            Order::FactoryReset => self.reboot(&Request::FactoryReset),
            Order::ResetAdmin => self.reset_admin(),
        };
        done.unwrap_or_else(|error| format!("{}: {error:#}", Text::Failed.to(self.language)))
    }

    fn ask_for(&self, request: &Request, done: Text) -> anyhow::Result<String> {
        self.client.ask::<()>(request, PATIENCE)?;
        Ok(done.to(self.language).to_owned())
    }

    /// Through the daemon, or without it where there is none.
    fn reboot(&self, request: &Request) -> anyhow::Result<String> {
        match self.client.ask::<()>(request, PATIENCE) {
            Err(ClientError::NoDaemon { .. }) => {
                if *request == Request::FactoryReset {
                    self.data.mark_for_reset()?;
                }
                self.power.reboot()?;
            }
            other => other?,
        }
        Ok(Text::Rebooting.to(self.language).to_owned())
    }

    fn reset_admin(&self) -> anyhow::Result<String> {
        let given: Given = self.client.ask(&Request::ResetAdmin, PATIENCE)?;
        let [name, password, change] =
            [Text::UserName, Text::Password, Text::ChangeIt].map(|text| text.to(self.language));
        Ok(format!("{name}: {}\r\n{password}: {}\r\n\r\n{change}", given.username, given.password))
    }
}

fn language(name: Option<&str>) -> Option<Language> {
    match name? {
        "pt-BR" => Some(Language::Portuguese),
        "en" => Some(Language::English),
        "es" => Some(Language::Spanish),
        _ => None,
    }
}

/// Interfaces of the kernel that can be set up: with a device behind them, in order.
fn interfaces() -> Vec<InterfaceName> {
    let Ok(entries) = std::fs::read_dir("/sys/class/net") else { return Vec::new() };
    let real = entries.filter_map(Result::ok).filter(|entry| entry.path().join("device").exists());
    let names = real.filter_map(|entry| InterfaceName::parse(entry.file_name().to_str()?).ok());
    let mut names: Vec<InterfaceName> = names.take(9).collect();
    names.sort();
    names
}
