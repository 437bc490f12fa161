//! What keys do. No terminal and no daemon here: keys and facts come in, orders come out.
//!
//! | screen        | key                  | next                                      |
//! |---------------|----------------------|-------------------------------------------|
//! | main          | 1–6                  | that entry's screen                       |
//! | network       | number, text, Enter  | the next question; after the last: applied |
//! | ask a word    | the word and Enter   | done; anything else: main                 |
//! | message       | any                  | main                                      |
//! | any but main  | Esc                  | main                                      |

use super::texts::Text;
use crate::appliance::network::{Interface, InterfaceName, Ipv4, Ipv6, NetworkConfig};
use std::net::{IpAddr, Ipv4Addr};

/// Characters of a typed answer.
const MAX_TYPED: usize = 64;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A visible character.
    Char(char),
    /// Enter.
    Enter,
    /// Delete to the left.
    Backspace,
    /// Escape.
    Escape,
}

/// What a person wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Try this network.
    Apply(NetworkConfig),
    /// Keep the network on trial.
    Confirm,
    /// Restart.
    Reboot,
    /// Wipe and restart.
    FactoryReset,
    /// A new password for the first super admin.
    ResetAdmin,
}

/// What is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// State and menu.
    Main,
    /// Which interface.
    ChooseInterface,
    /// DHCP or not.
    ChooseMode(InterfaceName),
    /// A question of the fixed address.
    Ask(Question, Draft),
    /// The slots.
    Update,
    /// A word must be typed before this is done.
    AskWord(Text, Text, Order),
    /// Something to read.
    Message(String),
}

/// A question of the fixed address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Address and prefix.
    Address,
    /// Gateway.
    Gateway,
    /// Name server.
    Dns,
}

/// What was answered so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    name: InterfaceName,
    address: Ipv4Addr,
    prefix: u8,
    gateway: Option<Ipv4Addr>,
}

/// What the menu must know of the box.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Interfaces that can be set up.
    pub interfaces: Vec<InterfaceName>,
    /// The network that is kept.
    pub network: NetworkConfig,
    /// Whether a network is on trial.
    pub on_trial: bool,
}

/// The menu of the main screen, in order; the number of its key is its place.
pub const ENTRIES: [Text; 6] = [
    Text::MenuNetwork,
    Text::MenuConfirm,
    Text::MenuUpdate,
    Text::MenuAdmin,
    Text::MenuFactory,
    Text::MenuReboot,
];

/// The state of the console.
#[derive(Clone, Debug)]
pub struct Menu {
    /// What is on the screen.
    pub screen: Screen,
    /// What was typed and not entered yet.
    pub typed: String,
    /// Whether the last answer was no good.
    pub wrong: bool,
    language: crate::config::Language,
}

impl Menu {
    /// At the main screen.
    pub fn new(language: crate::config::Language) -> Self {
        Self { screen: Screen::Main, typed: String::new(), wrong: false, language }
    }

    /// Says something, until a key is pressed.
    pub fn say(&mut self, text: impl Into<String>) {
        self.go(Screen::Message(text.into()));
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key, known: &Known) -> Option<Order> {
        self.wrong = false;
        if key == Key::Escape {
            self.go(Screen::Main);
            return None;
        }
        match self.screen.clone() {
            Screen::Main => self.main(key, known),
            Screen::Message(_) | Screen::Update => {
                self.go(Screen::Main);
                None
            }
            Screen::ChooseInterface => {
                let chosen = digit(key).and_then(|digit| known.interfaces.get(digit.checked_sub(1)?));
                match chosen {
                    Some(name) => self.go(Screen::ChooseMode(name.clone())),
                    None => self.wrong = true,
                }
                None
            }
            Screen::ChooseMode(name) => self.mode(key, name, known),
            Screen::Ask(question, draft) => {
                self.entered(key).and_then(|text| self.answered(question, draft, &text, known))
            }
            Screen::AskWord(_, word, order) => {
                let text = self.entered(key)?;
                self.go(Screen::Main);
                (text.trim() == word.to(self.language)).then_some(order)
            }
        }
    }

    fn go(&mut self, screen: Screen) {
        self.screen = screen;
        self.typed.clear();
    }

    fn main(&mut self, key: Key, known: &Known) -> Option<Order> {
        let entry = digit(key).and_then(|digit| ENTRIES.get(digit.checked_sub(1)?))?;
        match entry {
            Text::MenuNetwork => self.go(Screen::ChooseInterface),
            Text::MenuConfirm => return known.on_trial.then_some(Order::Confirm),
            Text::MenuUpdate => self.go(Screen::Update),
            Text::MenuAdmin => {
                self.go(Screen::AskWord(Text::AdminWarning, Text::ConfirmWord, Order::ResetAdmin));
            }
            Text::MenuFactory => {
                self.go(Screen::AskWord(Text::FactoryWarning, Text::FactoryWord, Order::FactoryReset));
            }
            _ => self.go(Screen::AskWord(Text::RebootAsk, Text::ConfirmWord, Order::Reboot)),
        }
        None
    }

    fn mode(&mut self, key: Key, name: InterfaceName, known: &Known) -> Option<Order> {
        match digit(key) {
            Some(1) => self.finish(known, &name, Ipv4::Dhcp, None),
            Some(2) => {
                let draft = Draft { name, address: Ipv4Addr::UNSPECIFIED, prefix: 0, gateway: None };
                self.go(Screen::Ask(Question::Address, draft));
                None
            }
            _ => {
                self.wrong = true;
                None
            }
        }
    }

    /// Collects what is typed; the text at Enter.
    fn entered(&mut self, key: Key) -> Option<String> {
        match key {
            Key::Char(character) if self.typed.chars().count() < MAX_TYPED => self.typed.push(character),
            Key::Backspace => drop(self.typed.pop()),
            Key::Enter => return Some(std::mem::take(&mut self.typed)),
            Key::Char(_) | Key::Escape => {}
        }
        None
    }

    fn answered(&mut self, question: Question, mut draft: Draft, text: &str, known: &Known) -> Option<Order> {
        let text = text.trim();
        match question {
            Question::Address => match address_and_prefix(text) {
                Some((address, prefix)) => {
                    (draft.address, draft.prefix) = (address, prefix);
                    self.go(Screen::Ask(Question::Gateway, draft));
                }
                None => self.wrong = true,
            },
            Question::Gateway => match optional(text) {
                Ok(gateway) => {
                    draft.gateway = gateway;
                    self.go(Screen::Ask(Question::Dns, draft));
                }
                Err(_) => self.wrong = true,
            },
            Question::Dns => match optional::<IpAddr>(text) {
                Ok(dns) => {
                    let Draft { name, address, prefix, gateway } = draft;
                    return self.finish(known, &name, Ipv4::Static { address, prefix, gateway }, dns);
                }
                Err(_) => self.wrong = true,
            },
        }
        None
    }

    /// The kept network with this interface changed; what cannot be is said, and asked for anew.
    fn finish(
        &mut self,
        known: &Known,
        name: &InterfaceName,
        ipv4: Ipv4,
        dns: Option<IpAddr>,
    ) -> Option<Order> {
        let mut config = known.network.clone();
        let dns = dns.into_iter().collect();
        if let Some(interface) = config.interfaces.iter_mut().find(|interface| interface.name == *name) {
            (interface.ipv4, interface.dns) = (ipv4, dns);
        } else {
            let name = name.clone();
            config.interfaces.push(Interface { name, vlan: None, ipv4, ipv6: Ipv6::default(), dns });
        }
        match config.check() {
            Ok(()) => {
                self.go(Screen::Main);
                Some(Order::Apply(config))
            }
            Err(problem) => {
                self.say(format!("{}: {problem}", Text::Wrong.to(self.language)));
                None
            }
        }
    }
}

fn digit(key: Key) -> Option<usize> {
    let Key::Char(character) = key else { return None };
    usize::try_from(character.to_digit(10)?).ok()
}

fn address_and_prefix(text: &str) -> Option<(Ipv4Addr, u8)> {
    let (address, prefix) = text.split_once('/')?;
    Some((address.parse().ok()?, prefix.parse().ok()?))
}

/// Nothing, or a value; else an error.
fn optional<T: std::str::FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Language;

    fn known() -> Known {
        let interfaces = ["eth0", "eth1"].map(|name| InterfaceName::parse(name).unwrap()).to_vec();
        Known { interfaces, network: NetworkConfig::default(), on_trial: false }
    }

    /// Types a text in which `|` is Enter and `^` Escape; the last order.
    fn typed(menu: &mut Menu, text: &str, known: &Known) -> Option<Order> {
        let mut order = None;
        for character in text.chars() {
            let key = match character {
                '|' => Key::Enter,
                '^' => Key::Escape,
                '<' => Key::Backspace,
                other => Key::Char(other),
            };
            order = menu.key(key, known);
        }
        order
    }

    fn menu() -> Menu {
        Menu::new(Language::English)
    }

    #[test]
    fn a_fixed_address_is_asked_for_piece_by_piece() {
        let mut menu = menu();
        let order = typed(&mut menu, "112192.0.2.100</24|192.0.2.1|192.0.2.53|", &known());
        let Some(Order::Apply(config)) = order else { panic!("{order:?} {menu:?}") };
        let text = serde_json::to_string(&config).unwrap();
        let fixed = r#""address":"192.0.2.10","prefix":24,"gateway":"192.0.2.1""#;
        assert!(text.contains(fixed) && text.contains(r#""dns":["192.0.2.53"]"#), "{text}");
        assert_eq!(menu.screen, Screen::Main);
    }

    #[test]
    fn dhcp_takes_two_keys_and_leaves_other_interfaces_alone() {
        let mut known = known();
        let other =
            r#"{"interfaces":[{"name":"eth1","ipv4":{"mode":"static","address":"192.0.2.9","prefix":24}}]}"#;
        known.network = serde_json::from_str(other).unwrap();
        let Some(Order::Apply(config)) = typed(&mut menu(), "111", &known) else { panic!() };
        assert_eq!(config.interfaces.len(), 2);
        assert_eq!(config.interfaces[0], known.network.interfaces[0]);
    }

    #[test]
    fn nonsense_is_asked_again_and_what_cannot_be_is_said() {
        let mut menu = menu();
        assert_eq!(typed(&mut menu, "112192.0.2|", &known()), None);
        assert!(menu.wrong && matches!(menu.screen, Screen::Ask(Question::Address, _)), "{menu:?}");
        assert_eq!(typed(&mut menu, "192.0.2.255/24|||", &known()), None);
        assert!(matches!(&menu.screen, Screen::Message(text) if text.contains("192.0.2.255")), "{menu:?}");
        typed(&mut menu, "x", &known());
        assert_eq!(menu.screen, Screen::Main);
        typed(&mut menu, "19", &known());
        assert!(menu.wrong && menu.screen == Screen::ChooseInterface);
    }

    #[test]
    fn a_factory_reset_needs_its_word() {
        assert_eq!(typed(&mut menu(), "5WIPE|", &known()), Some(Order::FactoryReset));
        for other in ["5|", "5wipe|", "5YES|", "5WIPE^", "5WIPE", "5^WIPE|"] {
            assert_eq!(typed(&mut menu(), other, &known()), None, "{other}");
        }
        assert_eq!(typed(&mut menu(), "6YES|", &known()), Some(Order::Reboot));
        assert_eq!(typed(&mut menu(), "4YES|", &known()), Some(Order::ResetAdmin));
        assert_eq!(typed(&mut menu(), "4|", &known()), None);
    }

    #[test]
    fn a_network_is_confirmed_only_while_one_is_on_trial() {
        assert_eq!(typed(&mut menu(), "2", &known()), None);
        let known = Known { on_trial: true, ..known() };
        assert_eq!(typed(&mut menu(), "2", &known), Some(Order::Confirm));
    }

    #[test]
    fn what_is_typed_has_an_end() {
        let mut menu = menu();
        typed(&mut menu, &format!("112{}", "9".repeat(500)), &known());
        assert_eq!(menu.typed.len(), MAX_TYPED);
    }
}
