//! Browsers that are told of things, and what waits for them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{Language, PushId, Role, UserId};
use pabx_store::{NewMessage, NewPush, SealingKey, StoreError, WholeBox};
use zeroize::Zeroizing;

fn browser(user_id: UserId, nth: u8) -> NewPush {
    NewPush {
        user_id,
        endpoint: format!("https://push.test/{nth}"),
        p256dh: vec![4; 65],
        auth: Zeroizing::new(vec![nth; 16]),
        language: if nth == 0 { Language::English } else { Language::Spanish },
    }
}

fn person(bench: &mut Bench, name: &str) -> UserId {
    bench.store.create_user(WholeBox, &new_user(name, Role::User), &act()).unwrap()
}

fn told(bench: &mut Bench, user: UserId, text: &str) {
    let payload = |language: Language| format!("{text} {}", language.as_str());
    let message = NewMessage { payload: &payload, urgent: true, ends_at: NOW.plus_millis(60_000) };
    bench.store.push(WholeBox, user, &message, NOW).unwrap();
}

#[test]
fn a_person_has_ten_browsers_at_most_and_one_endpoint_is_one_of_them() {
    let mut bench = bench();
    let (ana, eva) = (person(&mut bench, "ana"), person(&mut bench, "eva"));
    let ids: Vec<PushId> =
        (0..10).map(|nth| bench.store.add_push(WholeBox, &browser(ana, nth), &act()).unwrap()).collect();
    let refused = bench.store.add_push(WholeBox, &browser(ana, 10), &act());
    assert!(matches!(refused, Err(StoreError::Limit { limit: 10, .. })));
    bench.store.add_push(WholeBox, &browser(ana, 3), &act()).unwrap();
    assert_eq!(bench.store.pushes(WholeBox, ana).unwrap().len(), 10, "the same again");
    bench.store.add_push(WholeBox, &browser(eva, 3), &act()).unwrap();
    assert_eq!(bench.store.pushes(WholeBox, ana).unwrap().len(), 9, "somebody else uses that browser now");
    assert!(bench.store.remove_push(WholeBox, eva, ids[0], &act()).is_err(), "of another person");
    bench.store.remove_push(WholeBox, ana, ids[0], &act()).unwrap();
    assert_eq!(bench.store.people_with_push(WholeBox).unwrap().len(), 2);
}

#[test]
fn each_browser_is_told_in_its_language_and_again_until_it_is_over() {
    let mut bench = bench();
    let ana = person(&mut bench, "ana");
    for nth in 0..2 {
        bench.store.add_push(WholeBox, &browser(ana, nth), &act()).unwrap();
    }
    told(&mut bench, ana, "hello");
    let due = bench.store.due_pushes(WholeBox, NOW, 10).unwrap();
    let mut texts: Vec<_> = due.iter().map(|push| (push.payload.as_str(), push.auth[0])).collect();
    texts.sort_unstable();
    assert_eq!(texts, [("hello en", 0), ("hello es", 1)]);
    let later = NOW.plus_millis(30_000);
    bench.store.push_tried(WholeBox, &due[0].message_id, Some(later)).unwrap();
    bench.store.push_tried(WholeBox, &due[1].message_id, None).unwrap();
    assert!(bench.store.due_pushes(WholeBox, NOW, 10).unwrap().is_empty());
    assert_eq!(bench.store.due_pushes(WholeBox, later, 10).unwrap()[0].attempts, 1);
    assert!(bench.store.due_pushes(WholeBox, NOW.plus_millis(60_000), 10).unwrap().is_empty(), "too late");
}

#[test]
fn what_waits_for_one_browser_is_bounded_and_goes_with_it() {
    let mut bench = bench();
    let ana = person(&mut bench, "ana");
    let id = bench.store.add_push(WholeBox, &browser(ana, 0), &act()).unwrap();
    (0..30).for_each(|nth| told(&mut bench, ana, &nth.to_string()));
    assert_eq!(bench.store.due_pushes(WholeBox, NOW, 100).unwrap().len(), 20);
    bench.store.forget_push(WholeBox, id).unwrap();
    assert!(bench.store.due_pushes(WholeBox, NOW, 100).unwrap().is_empty());
}

#[test]
fn the_key_is_made_once_and_survives_another_sealing_key() {
    let mut bench = bench();
    let ana = person(&mut bench, "ana");
    bench.store.add_push(WholeBox, &browser(ana, 7), &act()).unwrap();
    let made = |octet: u8| move || Some(Zeroizing::new(vec![octet; 32]));
    let first = bench.store.push_key(WholeBox, made(1), NOW).unwrap().unwrap();
    bench.store.reseal(WholeBox, SealingKey::new(&[8; 32]).unwrap()).unwrap();
    assert_eq!(bench.store.push_key(WholeBox, made(2), NOW).unwrap().unwrap(), first);
    told(&mut bench, ana, "still");
    assert_eq!(*bench.store.due_pushes(WholeBox, NOW, 1).unwrap()[0].auth, vec![7; 16]);
}
