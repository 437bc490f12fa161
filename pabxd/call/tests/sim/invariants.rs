//! What has to be true of every day.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use pabx_call::Counts;
use pabx_model::EndReason;

use crate::common::{CallState, Phone};
use crate::office::Office;
use crate::staff;

/// No message of one account ever reaches a phone of the other.
pub(crate) fn stays_in_its_account(phone: &Phone, bytes: &Bytes) {
    let text = String::from_utf8_lossy(bytes);
    let from = text.lines().find(|line| line.starts_with("From:")).unwrap_or_default();
    assert!(from.contains(phone.account.domain), "{} at {} got: {text}", phone.number, phone.account.slug);
}

fn alive(office: &Office) -> impl Iterator<Item = &Phone> {
    office.phones.iter().enumerate().filter(|(place, _)| !office.dead.contains(place)).map(|(_, phone)| phone)
}

/// Nobody rings any more, and every conversation has two ends (an echo test has one).
pub(crate) fn who_talks_has_a_partner(office: &Office) {
    let (mut ends, mut echoes) = (0, 0);
    for phone in alive(office) {
        for call in staff::open_calls(phone) {
            let state = phone.calls[call].state;
            assert_eq!(state, CallState::Answered, "{} at {} still waits", phone.number, phone.account.slug);
            let invite = phone.calls[call].invite.as_ref().unwrap();
            ends += 1;
            echoes += usize::from(!staff::is_incoming(phone, call) && invite.uri_text().contains("*43"));
        }
    }
    let calls = office.engine.counts().calls;
    assert_eq!(ends, 2 * calls - echoes, "{calls} calls, {echoes} of them echo tests, {ends} ends");
}

/// Both sides agree that all is over.
pub(crate) fn nobody_thinks_that_a_call_goes_on(office: &Office) {
    for phone in alive(office) {
        let open = staff::open_calls(phone).into_iter().next().map(|call| &phone.calls[call]);
        assert!(open.is_none(), "{} at {}: {open:?}", phone.number, phone.account.slug);
        assert!(phone.is_idle(), "{} at {} has transactions left", phone.number, phone.account.slug);
    }
}

/// No transaction, dialog, timer, port or media leg outlives its call; every record that was begun was ended, once.
pub(crate) fn nothing_is_left(office: &Office) {
    let counts = office.engine.counts();
    let dead = office.dead.iter().filter(|phone| !office.phones[**phone].flow.is_reliable()).count();
    assert!(counts.bindings <= dead, "{} bindings are left, {dead} phones were unplugged", counts.bindings);
    assert_eq!(counts, Counts { bindings: counts.bindings, ..Counts::default() });
    office.media.assert_all_given_back();
    let ended: BTreeSet<_> = office.records.iter().map(|record| record.call_id).collect();
    assert_eq!(ended.len(), office.records.len(), "a record was ended twice");
    for record in &office.begun {
        assert!(ended.contains(&record.call_id), "begun and never ended: {record:?}");
    }
    for record in &office.records {
        assert!(record.end_time.is_some() && record.reason.is_some(), "{record:?}");
        let begun = office.begun.iter().any(|begun| begun.call_id == record.call_id);
        assert_eq!(begun, record.answer_time.is_some(), "{record:?}");
    }
}

/// On a good network nobody is ever unreachable, unheard or forgotten.
pub(crate) fn calls_end_for_good_reasons(office: &Office) {
    for record in &office.records {
        let bad = matches!(
            record.reason,
            Some(
                EndReason::AckMissing
                    | EndReason::PrackMissing
                    | EndReason::Unreachable
                    | EndReason::MediaTimeout
                    | EndReason::SessionExpired
                    | EndReason::ProtocolError
                    | EndReason::InternalError
            )
        );
        assert!(!bad, "{record:?}");
    }
}

/// Per extension: the final answers its phones saw for their calls are those of the records.
pub(crate) fn callers_were_told_what_the_records_say(office: &Office) {
    let mut told: BTreeMap<(&str, &str), Vec<u16>> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for (place, phone) in office.phones.iter().enumerate() {
        let who = (phone.account.slug, phone.number.as_str());
        if office.dead.contains(&place) {
            unknown.insert(who);
        }
        let own = (0..phone.calls.len()).filter(|call| !staff::is_incoming(phone, *call));
        told.entry(who).or_default().extend(own.map(|call| outcome(phone, call)));
    }
    let mut recorded: BTreeMap<(&str, &str), Vec<u16>> = BTreeMap::new();
    for record in &office.records {
        let phone =
            office.phones.iter().find(|phone| phone.account.account_id() == record.account_id).unwrap();
        let who = (phone.account.slug, record.caller.as_str());
        recorded.entry(who).or_default().push(record.sip_status.0);
    }
    for (who, told) in told {
        if !unknown.contains(&who) {
            let recorded = recorded.remove(&who).unwrap_or_default();
            assert!(
                agree(told.clone(), recorded.clone()),
                "{who:?} was told {told:?}, recorded is {recorded:?}"
            );
        }
    }
}

/// The same statuses; a caller who never heard of his call (0) may have a record or none.
fn agree(told: Vec<u16>, mut recorded: Vec<u16>) -> bool {
    let mut unheard = 0;
    for status in told {
        match recorded.iter().position(|other| *other == status) {
            Some(place) => {
                recorded.swap_remove(place);
            }
            None if status == 0 => unheard += 1,
            None => return false,
        }
    }
    recorded.len() <= unheard
}

fn outcome(phone: &Phone, call: usize) -> u16 {
    match phone.calls[call].state {
        CallState::Answered | CallState::Ended => 200,
        CallState::Failed(status) => status,
        CallState::Calling | CallState::Ringing => 0,
    }
}
