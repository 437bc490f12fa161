//! What is known of providers by their public settings, for a trunk that is about to be made.
//!
//! A template is a file of this folder and a line below. It holds the fields of a new trunk that are the same for all customers of the
//! provider, what has to be asked, and a word on what to look at. `host` may have a part in braces that the customer knows.

use serde::Deserialize;

const FILES: &[(&str, &str)] = &[
    ("generic-registration", include_str!("generic-registration.toml")),
    ("generic-address", include_str!("generic-address.toml")),
    ("generic-tls", include_str!("generic-tls.toml")),
    ("brazil-registration", include_str!("brazil-registration.toml")),
    ("brazil-address", include_str!("brazil-address.toml")),
    ("brazil-ims", include_str!("brazil-ims.toml")),
    ("ebm-tecnologias", include_str!("ebm-tecnologias.toml")),
    ("callcentric", include_str!("callcentric.toml")),
    ("sipgate-trunking", include_str!("sipgate-trunking.toml")),
    ("telnyx", include_str!("telnyx.toml")),
    ("twilio", include_str!("twilio.toml")),
    ("voip-ms", include_str!("voip-ms.toml")),
    ("zadarma", include_str!("zadarma.toml")),
];

/// A template.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkTemplate {
    /// The provider's name, or what kind of line it is.
    pub name: String,
    /// ISO 3166 code in lower case; none: anywhere.
    #[serde(default)]
    pub country: Option<String>,
    /// Where the settings are from.
    #[serde(default)]
    pub source: Option<String>,
    /// What has to be asked of whoever makes the trunk: names of fields.
    pub ask: Vec<String>,
    /// What to look at, by language.
    pub notes: Notes,
    /// The fields that are known, as in the body of a new trunk.
    pub trunk: serde_json::Value,
}

/// A word in each language of the UI.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// Portuguese of Brazil.
    #[serde(rename = "pt-BR")]
    pub pt_br: String,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// All of them with their ids, the general ones first. That each can be read is tested.
pub fn all() -> Vec<(&'static str, TrunkTemplate)> {
    let read = |(id, text): &(&'static str, &str)| match toml::from_str(text) {
        Ok(template) => Some((*id, template)),
        Err(error) => {
            log::error!("the trunk template {id} cannot be read: {error}");
            None
        }
    };
    FILES.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::resources::trunks::parses;

    #[test]
    fn every_file_is_listed_and_makes_a_trunk_once_what_is_asked_is_filled_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/trunk_templates");
        let files = std::fs::read_dir(folder).unwrap().filter(|file| {
            file.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "toml")
        });
        let all = all();
        assert_eq!((all.len(), FILES.len()), (files.count(), all.len()));
        for (id, template) in all {
            assert!(
                template.source.is_some() || template.country.is_some() || id.starts_with("generic"),
                "{id}"
            );
            let mut body = template.trunk.clone();
            for field in &template.ask {
                let answer = match field.as_str() {
                    "host" => "provider.test".into(),
                    "networks" => serde_json::json!(["192.0.2.0/28"]),
                    "caller_id" => "+551133330000".into(),
                    "username" | "password" | "name" => "word".into(),
                    "profile.outbound_proxy" => {
                        body["profile"]["outbound_proxy"] = "proxy.test".into();
                        continue;
                    }
                    other => panic!("{id} asks for {other}"),
                };
                body[field] = answer;
            }
            body["name"] = template.name.clone().into();
            assert!(!body["host"].as_str().unwrap_or("{").contains('{'), "{id}: the host is asked for");
            parses(body).unwrap_or_else(|error| panic!("{id}: {error}"));
        }
    }
}
