//! Every step of a trace has words.

use std::collections::BTreeSet;

use pabx_model::TraceStep;

/// One of each, as they are kept.
const ALL: &[&str] = &[
    r#"{"step":"number_read","dialled":"0","normal":"+55","class":"mobile"}"#,
    r#"{"step":"number_not_read","dialled":"0"}"#,
    r#"{"step":"extension","number":"200"}"#,
    r#"{"step":"feature","code":"*43"}"#,
    r#"{"step":"test_call"}"#,
    r#"{"step":"came_in","trunk_id":"ID","name":"Line","called":"5500","caller":""}"#,
    r#"{"step":"caller_blocked","pattern":"0900."}"#,
    r#"{"step":"anonymous_refused"}"#,
    r#"{"step":"route_taken","route_id":"ID","name":"Out","pattern":"0.","matched":"011"}"#,
    r#"{"step":"no_route","routes":0}"#,
    r#"{"step":"destination_gone"}"#,
    r#"{"step":"international_blocked","country_code":"44"}"#,
    r#"{"step":"international_blocked","country_code":null}"#,
    r#"{"step":"premium_blocked"}"#,
    r#"{"step":"class_blocked","calling_class":"long_distance"}"#,
    r#"{"step":"hours","time_condition_id":"ID","name":"Office","open":true,"why":{"by":"hours"}}"#,
    r#"{"step":"endless"}"#,
    r#"{"step":"forwarded","number":"011"}"#,
    r#"{"step":"forwarded_too_often"}"#,
    r#"{"step":"rejected","reject":"busy"}"#,
    r#"{"step":"caller_verified","verstat":""}"#,
    r#"{"step":"caller_verified","verstat":"TN-Validation-Passed"}"#,
    r#"{"step":"pin_taken","name":"Ana","calling_class":"international"}"#,
    r#"{"step":"pin_wrong"}"#,
    r#"{"step":"pin_locked"}"#,
    r#"{"step":"caller_withheld"}"#,
    r#"{"step":"caller_id_not_owned","caller_id":"1133"}"#,
    r#"{"step":"off_hours","name":"Office","calling_class":"local"}"#,
    r#"{"step":"budget_spent","whose":"account","what":"money"}"#,
    r#"{"step":"burst","calls":20,"minutes":10}"#,
    r#"{"step":"encryption_refused","party":"200","why":"not_spoken"}"#,
    r#"{"step":"preempted"}"#,
    r#"{"step":"emergency"}"#,
    r#"{"step":"trunk_skipped","trunk_id":"ID","name":"Line","why":"full"}"#,
    r#"{"step":"trunk_chosen","trunk_id":"ID","name":"Line","number":"55","price":350000}"#,
    r#"{"step":"trunk_chosen","trunk_id":"ID","name":"Line","number":"55"}"#,
    r#"{"step":"trunk_tried","trunk_id":"ID","server":"192.0.2.1"}"#,
    r#"{"step":"trunk_failed","trunk_id":"ID","status":408}"#,
    r#"{"step":"trunk_failed","trunk_id":"ID","status":503}"#,
];

fn step(json: &str) -> TraceStep {
    let json = json.replace("ID", "00000000-03e8-7101-8101-010101010101");
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// What stands between these signs.
fn quoted(text: &str, sign: char) -> BTreeSet<&str> {
    text.split(sign).skip(1).step_by(2).collect()
}

#[test]
fn no_step_is_without_words() {
    for json in ALL {
        let text = step(json).to_string();
        assert!(text.len() > 10 && text.ends_with('.'), "{text:?} of {json}");
    }
}

#[test]
fn the_list_has_every_step() {
    // Whoever reads an unknown step is told all that are known.
    let told = serde_json::from_str::<TraceStep>(r#"{"step":"none of them"}"#).unwrap_err().to_string();
    let (_, known) = told.split_once("expected one of").unwrap();
    let listed: BTreeSet<_> = ALL.iter().map(|json| json.split('"').nth(3).unwrap()).collect();
    assert_eq!(listed, quoted(known, '`'));
}

#[test]
fn a_price_is_written_as_prices_are() {
    let chosen = |price: &str| {
        step(&format!(r#"{{"step":"trunk_chosen","trunk_id":"ID","name":"Line","number":"55"{price}}}"#))
            .to_string()
    };
    assert_eq!(chosen(r#","price":350000"#), "Trunk Line may carry it, as 55, at 0.35 a minute.");
    assert_eq!(chosen(r#","price":12000000"#), "Trunk Line may carry it, as 55, at 12 a minute.");
    assert_eq!(chosen(""), "Trunk Line may carry it, as 55.");
}
