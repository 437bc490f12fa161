//! What a call and a registration cost the engine. Not a test of behaviour: run by hand, in a release build:
//! `cargo test --release -p pabx-call --test calls -- --ignored --nocapture cost`.

use std::time::Duration;

use crate::common::{ACME, CallState, Policy, World, ms};

/// Steps during which somebody else had the processor are left out: the slowest hundredth.
fn report(what: &str, world: &mut World, rounds: u32) {
    world.spent.sort();
    let kept = world.spent.len() - world.spent.len() / 100;
    let sum: Duration = world.spent.iter().take(kept).sum();
    let (steps, each) = (world.spent.len(), sum / rounds);
    println!(
        "{what}: {each:?} in {} steps, median {:?}; {:?}",
        steps / 1000,
        world.spent[steps / 2],
        world.counts()
    );
}

#[test]
#[ignore = "a measurement"]
fn cost_of_a_call_with_authentication() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Answer(ms(1));
    let rounds = 3000;
    world.quiet = true;
    for _ in 0..rounds {
        let call = world.with(alice, |phone, now| phone.call(now, "1002"));
        world.run(ms(60));
        assert_eq!(world.phones[alice].state(), CallState::Answered);
        world.with(alice, |phone, now| phone.bye(now, call));
        world.run(ms(30));
        world.phones[alice].calls.clear();
        world.phones[bob].calls.clear();
    }
    report("call", &mut world, rounds);
}

#[test]
#[ignore = "a measurement"]
fn cost_of_a_registration_with_authentication() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let rounds = 5000;
    world.quiet = true;
    for _ in 0..rounds {
        world.with(alice, |phone, now| phone.register(now, 3600));
        world.run(ms(30));
    }
    report("registration", &mut world, rounds);
}
