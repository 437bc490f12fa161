//! How a condition is written and read.

use pabx_model::{Holiday, Override, TimeCondition, Weekdays};

use crate::{at, closed_for, holiday, office, weekly};

#[test]
fn a_condition_is_read_from_json_and_nothing_is_let_by() {
    let text = r#"{"name":"Loja","zone":"Europe/Lisbon","weekly":[{"days":["mon","sat"],"from":"09:00","to":"13:00"}],
        "holidays":[{"name":"Santo António","date":"06-13"}],"holiday_sets":"pt","overridden":{"mode":"automatic"}}"#;
    let shop: TimeCondition = serde_json::from_str(text).unwrap();
    assert_eq!(at(&shop, "2026-06-13T10:00"), closed_for("Santo António"));
    assert_eq!(serde_json::from_str::<TimeCondition>(&serde_json::to_string(&shop).unwrap()).unwrap(), shop);
    let short: TimeCondition = serde_json::from_str(r#"{"name":"Loja","weekly":[]}"#).unwrap();
    assert_eq!((short.zone.as_str(), short.overridden), ("America/Sao_Paulo", Override::Automatic));
    for (from, to) in [
        ("Europe/Lisbon", "Europe/Lissabon"),
        ("\"pt\"", "\"PT\""),
        ("06-13", "06-31"),
        ("13:00", "09:00"),
        ("\"name\":\"Loja\"", "\"name\":\"Loja\",\"open\":true"),
        ("\"date\":\"06-13\"", "\"date\":\"06-13\",\"closed\":true"),
    ] {
        let bad = text.replacen(from, to, 1);
        assert!(bad != text && serde_json::from_str::<TimeCondition>(&bad).is_err(), "{to}");
    }
}

#[test]
fn lists_end_at_their_limits() {
    let mut office = office("UTC", vec![weekly(Weekdays::ALL, "08:00", "18:00"); TimeCondition::MAX_WEEKLY]);
    let hours = [("08:00", "09:00"); Holiday::MAX_OPEN];
    office.holidays = vec![holiday("x", "01-02", &hours); TimeCondition::MAX_HOLIDAYS];
    let reads = |office: &TimeCondition| {
        serde_json::from_str::<TimeCondition>(&serde_json::to_string(office).unwrap()).is_ok()
    };
    assert!(office.check().is_ok() && reads(&office));
    let grow: [fn(&mut TimeCondition); 3] = [
        |office| office.weekly.push(office.weekly[0]),
        |office| office.holidays.push(office.holidays[0].clone()),
        |office| {
            let span = office.holidays[0].open[0];
            office.holidays[0].open.push(span);
        },
    ];
    for grow in grow {
        let mut grown = office.clone();
        grow(&mut grown);
        assert!(grown.check().is_err() && !reads(&grown));
    }
}
