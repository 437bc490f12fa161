//! Every text of the console, in one table. Lines are kept short enough for 80 columns.

use crate::config::Language;

macro_rules! texts {
    ($($name:ident: $pt:literal, $en:literal, $es:literal;)+) => {
        /// A text of the console.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Text { $(#[doc = $en] $name,)+ }

        impl Text {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// In a language.
            pub const fn to(self, language: Language) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$name, Language::Portuguese) => $pt,
                        (Self::$name, Language::English) => $en,
                        (Self::$name, Language::Spanish) => $es,
                    )+
                }
            }
        }
    };
}

texts! {
    Title: "Central telefônica", "Phone system", "Central telefónica";
    Version: "Versão", "Version", "Versión";
    State: "Estado", "State", "Estado";
    Serving: "em serviço", "serving", "en servicio";
    Stopping: "parando", "stopping", "deteniéndose";
    NotServing: "FORA DE SERVIÇO", "NOT SERVING", "FUERA DE SERVICIO";
    Calls: "Chamadas", "Calls", "Llamadas";
    Registrations: "Aparelhos registrados", "Registered phones", "Teléfonos registrados";
    Clock: "Relógio", "Clock", "Reloj";
    ClockUntrusted: "ainda não acertado pela rede", "not set by the network yet", "aún no ajustado por la red";
    Addresses: "Endereços", "Addresses", "Direcciones";
    NoAddress: "nenhum: verifique o cabo de rede", "none: look at the network cable", "ninguna: revise el cable de red";
    Web: "Página", "Web page", "Página web";
    OnTrial: "Rede nova em teste. Confirme em (s)", "New network on trial. Confirm within (s)", "Red nueva en prueba. Confirme en (s)";
    MenuNetwork: "Rede", "Network", "Red";
    MenuConfirm: "Confirmar a rede nova", "Confirm the new network", "Confirmar la red nueva";
    MenuUpdate: "Atualização", "Update", "Actualización";
    MenuAdmin: "Redefinir administrador", "Reset administrator", "Restablecer administrador";
    MenuFactory: "Restaurar padrão de fábrica", "Factory reset", "Restablecer de fábrica";
    MenuReboot: "Reiniciar", "Reboot", "Reiniciar";
    Keys: "número: escolher   Esc: voltar", "number: choose   Esc: back", "número: elegir   Esc: volver";
    ChooseInterface: "Qual interface?", "Which interface?", "¿Qué interfaz?";
    ChooseMode: "Como obter o endereço?", "How does it get its address?", "¿Cómo obtiene la dirección?";
    ModeDhcp: "Automático (DHCP)", "Automatic (DHCP)", "Automática (DHCP)";
    ModeStatic: "Endereço fixo", "Fixed address", "Dirección fija";
    AskAddress: "Endereço e prefixo (ex.: 192.168.0.10/24)", "Address and prefix (e.g. 192.168.0.10/24)", "Dirección y prefijo (ej.: 192.168.0.10/24)";
    AskGateway: "Roteador (vazio: nenhum)", "Router (empty: none)", "Enrutador (vacío: ninguno)";
    AskDns: "Servidor DNS (vazio: nenhum)", "DNS server (empty: none)", "Servidor DNS (vacío: ninguno)";
    Wrong: "Valor inválido", "Not a valid value", "Valor no válido";
    Applied: "Aplicado. Sem confirmação, volta ao anterior em 60 s.", "Applied. Without confirmation it goes back in 60 s.", "Aplicado. Sin confirmación, vuelve a lo anterior en 60 s.";
    Confirmed: "A rede nova fica.", "The new network stays.", "La red nueva queda.";
    AdminWarning: "Dá nova senha ao administrador geral. Digite", "Gives the super admin a new password. Type", "Da otra contraseña al administrador general. Escriba";
    UserName: "Usuário", "User name", "Usuario";
    Password: "Senha", "Password", "Contraseña";
    ChangeIt: "Será trocada na primeira entrada. Sem segundo fator.", "Changed at first sign-in. The second factor is off.", "Se cambia al primer ingreso. Sin segundo factor.";
    FactoryWarning: "Apaga contas, ramais, gravações e registros. Digite", "Wipes accounts, extensions, recordings and records. Type", "Borra cuentas, extensiones, grabaciones y registros. Escriba";
    FactoryWord: "APAGAR", "WIPE", "BORRAR";
    RebootAsk: "Reiniciar agora? Chamadas serão encerradas. Digite", "Reboot now? Calls will end. Type", "¿Reiniciar ahora? Las llamadas terminarán. Escriba";
    ConfirmWord: "SIM", "YES", "SÍ";
    Rebooting: "Reiniciando...", "Rebooting...", "Reiniciando...";
    Failed: "Não foi possível", "It could not be done", "No fue posible";
    Running: "em uso", "running", "en uso";
    Good: "bom", "good", "bueno";
    NotGood: "ainda não aprovado", "not shown to work yet", "aún no aprobado";
    AnyKey: "Qualquer tecla: voltar", "Any key: back", "Cualquier tecla: volver";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_every_language_and_fits() {
        for text in Text::ALL {
            for language in [Language::Portuguese, Language::English, Language::Spanish] {
                let words = text.to(language);
                assert!(!words.is_empty() && words.chars().count() <= 60, "{text:?} {language:?}: {words}");
            }
        }
    }
}
