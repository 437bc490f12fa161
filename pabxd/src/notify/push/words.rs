//! What a browser shows, in the language of its person: JSON of title, body, url and tag.

use pabx_model::Language;
use pabx_store::{NewAlert, Severity};
use serde_json::json;

/// Characters of a text that came from elsewhere.
const MAX: usize = 200;

/// A call that nobody of an extension took.
#[derive(Clone, Debug)]
pub struct Missed {
    /// Its id.
    pub call_id: pabx_model::CallId,
    /// Whose call.
    pub account_id: pabx_model::AccountId,
    /// Who was called.
    pub extension_id: pabx_model::ExtensionId,
    /// Who called; empty: withheld.
    pub caller: String,
}

/// A new alert. Its detail is in English; in other languages what kind it is must do, and the page says the rest.
pub fn alert(new: &NewAlert, id: &str, language: Language) -> String {
    let critical = new.severity == Severity::Critical;
    let title = match (language, critical) {
        (Language::Portuguese, true) => "Alerta crítico",
        (Language::Portuguese | Language::Spanish, false) => "Alerta",
        (Language::English, true) => "Critical alert",
        (Language::English, false) => "Alert",
        (Language::Spanish, true) => "Alerta crítica",
    };
    let body = match language {
        Language::English => shortened(&new.detail),
        Language::Portuguese => portuguese(new.kind).to_owned(),
        Language::Spanish => spanish(new.kind).to_owned(),
    };
    // Where the web UI shows it (`webui/src/app/places.ts`).
    let url =
        new.account_id.map_or_else(|| "/overview".to_owned(), |account| format!("/a/{account}/security"));
    json!({ "title": title, "body": body, "url": url, "tag": format!("alert-{id}") }).to_string()
}

/// A missed call.
pub fn missed(call: &Missed, language: Language) -> String {
    let caller = shortened(&call.caller);
    let (title, from, withheld) = match language {
        Language::Portuguese => ("Chamada perdida", "De", "número oculto"),
        Language::English => ("Missed call", "From", "a withheld number"),
        Language::Spanish => ("Llamada perdida", "De", "número oculto"),
    };
    let caller = if caller.is_empty() { withheld } else { &caller };
    let url = format!("/a/{}/history/{}", call.account_id, call.call_id);
    json!({ "title": title, "body": format!("{from} {caller}"), "url": url, "tag": format!("call-{}", call.call_id) })
        .to_string()
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX).collect()
}

fn portuguese(kind: &str) -> &'static str {
    match kind {
        "trunk_down" => "Um tronco está fora do ar.",
        "outbound_rise" => "As chamadas de saída aumentaram muito.",
        "calls_stopped" => "Chamadas de saída foram bloqueadas.",
        "emergency_call" => "Alguém ligou para um número de emergência.",
        "sip_failures" => "Um endereço foi bloqueado após tentativas de acesso SIP.",
        "login_failures" => "Falhas repetidas ao entrar.",
        "token_reuse" => "Uma sessão pode ter sido roubada.",
        "certificate" => "O certificado precisa de atenção.",
        "disk" => "O disco está ficando cheio.",
        "clock" => "O relógio não foi acertado.",
        "configuration_not_applied" => "Uma mudança não foi aplicada.",
        "new_network" => "Alguém entrou de uma rede nova.",
        "permission_raised" => "Permissões de alguém foram ampliadas.",
        _ => "Abra os alertas para ver o que houve.",
    }
}

fn spanish(kind: &str) -> &'static str {
    match kind {
        "trunk_down" => "Una troncal está fuera de servicio.",
        "outbound_rise" => "Las llamadas salientes aumentaron mucho.",
        "calls_stopped" => "Se bloquearon llamadas salientes.",
        "emergency_call" => "Alguien llamó a un número de emergencia.",
        "sip_failures" => "Se bloqueó una dirección tras intentos de acceso SIP.",
        "login_failures" => "Fallos repetidos al iniciar sesión.",
        "token_reuse" => "Una sesión puede haber sido robada.",
        "certificate" => "El certificado necesita atención.",
        "disk" => "El disco se está llenando.",
        "clock" => "El reloj no fue ajustado.",
        "configuration_not_applied" => "Un cambio no fue aplicado.",
        "new_network" => "Alguien entró desde una red nueva.",
        "permission_raised" => "Se ampliaron los permisos de alguien.",
        _ => "Abra las alertas para ver qué ocurrió.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_says_who_called_and_what_is_wrong() {
        let call = Missed {
            call_id: pabx_model::CallId::new(1, [1; 10]),
            account_id: pabx_model::AccountId::new(1, [1; 10]),
            extension_id: pabx_model::ExtensionId::new(1, [1; 10]),
            caller: "+5511999990000\n".into(),
        };
        let body = |text: String| {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(["title", "body", "url", "tag"].iter().all(|name| value[name].is_string()));
            value["body"].as_str().unwrap().to_owned()
        };
        assert_eq!(body(missed(&call, Language::Portuguese)), "De +5511999990000");
        let withheld = Missed { caller: String::new(), ..call };
        assert_eq!(body(missed(&withheld, Language::English)), "From a withheld number");
        let new = NewAlert {
            account_id: None,
            kind: "trunk_down",
            severity: Severity::Warning,
            subject: "x".into(),
            detail: "The trunk Line is down".into(),
        };
        assert_eq!(body(alert(&new, "1", Language::English)), "The trunk Line is down");
        assert_eq!(body(alert(&new, "1", Language::Spanish)), "Una troncal está fuera de servicio.");
    }
}
