//! What is on the screen, as text: plain ANSI, at most 80 columns and 24 lines, for HDMI and serial lines alike.

use super::menu::{ENTRIES, Menu, Question, Screen};
use super::texts::Text;
use crate::appliance::network::{InterfaceName, LinkAddress, NetworkState};
use crate::appliance::update::UpdateState;
use crate::config::Language;
use crate::control::protocol::Status;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Clear, and to the top left.
const CLEAR: &str = "\x1b[2J\x1b[H";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";
/// Black on white, whatever the terminal's colours are: a camera reads dark on light.
const QR_COLOURS: &str = "\x1b[30;47m";
/// Light modules around the code (ISO/IEC 18004 asks for four; readers do with two).
const QUIET: usize = 2;
const COLUMNS: usize = 80;
/// Addresses shown.
const MAX_ADDRESSES: usize = 6;

/// What is known of the box.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The daemon's; none: it does not answer.
    pub status: Option<Status>,
    /// The network; none: it is not ours, or not known.
    pub network: Option<NetworkState>,
    /// Addresses, also where the network is not ours.
    pub addresses: Vec<LinkAddress>,
    /// Updates; none: not known.
    pub update: Option<UpdateState>,
    /// Interfaces that can be set up.
    pub interfaces: Vec<InterfaceName>,
}

/// The whole screen.
pub fn render(menu: &Menu, facts: &Facts, language: Language) -> String {
    let text = |text: Text| text.to(language);
    let body = match &menu.screen {
        Screen::Main => return main_screen(facts, language),
        Screen::ChooseInterface => {
            let names: Vec<&str> = facts.interfaces.iter().map(InterfaceName::as_str).collect();
            choice(text(Text::ChooseInterface), &names)
        }
        Screen::ChooseMode(name) => {
            let modes = [text(Text::ModeDhcp), text(Text::ModeStatic)];
            choice(&format!("{name}: {}", text(Text::ChooseMode)), &modes)
        }
        Screen::Ask(question, _) => {
            let asked = match question {
                Question::Address => Text::AskAddress,
                Question::Gateway => Text::AskGateway,
                Question::Dns => Text::AskDns,
            };
            format!("{}\r\n\r\n> {}", text(asked), menu.typed)
        }
        Screen::AskWord(warning, word, _) => {
            format!("{} {}\r\n\r\n> {}", text(*warning), text(*word), menu.typed)
        }
        Screen::Update => format!("{}\r\n{}", slots(facts, language), text(Text::AnyKey)),
        Screen::Message(words) => format!("{words}\r\n\r\n{}", text(Text::AnyKey)),
    };
    let wrong = if menu.wrong { format!("\r\n\r\n{}", text(Text::Wrong)) } else { String::new() };
    format!("{CLEAR}{BOLD}{}{PLAIN}\r\n\r\n{body}{wrong}", text(Text::Title))
}

fn choice(asked: &str, answers: &[&str]) -> String {
    let mut text = format!("{asked}\r\n\r\n");
    for (number, answer) in (1..).zip(answers) {
        // Writing to a String cannot fail.
        let _ = write!(text, "  {number}  {answer}\r\n");
    }
    text
}

fn main_screen(facts: &Facts, language: Language) -> String {
    let text = |text: Text| text.to(language);
    let web = web_address(facts);
    let code = web.as_deref().and_then(qr).unwrap_or_default();
    let words = state_lines(facts, web.as_deref(), language);
    let mut screen = CLEAR.to_owned();
    for place in 0..code.len().max(words.len()) {
        let words = words.get(place).map_or("", String::as_str);
        match code.get(place) {
            Some(code) => {
                let room = COLUMNS.saturating_sub(code.chars().count() + 3);
                let _ = write!(screen, "{QR_COLOURS}{code}{PLAIN}  {}\r\n", cut(words, room));
            }
            None => {
                let _ = write!(screen, "{}\r\n", cut(words, COLUMNS - 1));
            }
        }
    }
    screen.push_str("\r\n");
    let entries: Vec<String> =
        (1..).zip(ENTRIES).map(|(number, entry): (u8, Text)| format!("{number} {}", text(entry))).collect();
    for pair in entries.chunks(2) {
        let _ = write!(
            screen,
            "  {:<38}{}\r\n",
            pair.first().map_or("", String::as_str),
            pair.get(1).map_or("", String::as_str)
        );
    }
    screen.push_str(text(Text::Keys));
    screen
}

fn state_lines(facts: &Facts, web: Option<&str>, language: Language) -> Vec<String> {
    let text = |text: Text| text.to(language);
    let mut lines = vec![text(Text::Title).to_owned(), String::new()];
    let version = facts.status.as_ref().map_or(env!("CARGO_PKG_VERSION"), |status| status.version.as_str());
    lines.push(format!("{}: {version}", text(Text::Version)));
    match &facts.status {
        None => lines.push(format!("{}: {}", text(Text::State), text(Text::NotServing))),
        Some(status) => {
            let state = if status.stopping { Text::Stopping } else { Text::Serving };
            lines.push(format!("{}: {}", text(Text::State), text(state)));
            lines.push(format!("{}: {}", text(Text::Calls), status.calls));
            lines.push(format!("{}: {}", text(Text::Registrations), status.registrations));
            if status.clock != "trusted" {
                lines.push(format!("{}: {}", text(Text::Clock), text(Text::ClockUntrusted)));
            }
        }
    }
    lines.push(format!("{}:", text(Text::Addresses)));
    if facts.addresses.is_empty() {
        lines.push(format!("  {}", text(Text::NoAddress)));
    }
    let shown = facts.addresses.iter().take(MAX_ADDRESSES);
    lines.extend(shown.map(|found| format!("  {} {}", found.interface, found.address)));
    if let Some(web) = web {
        lines.push(format!("{}: {web}", text(Text::Web)));
    }
    if let Some(left) = facts.network.as_ref().and_then(|network| network.seconds_left) {
        lines.push(format!("{}: {left}", text(Text::OnTrial)));
    }
    lines
}

/// Where a browser finds the box: its first address that others can reach.
fn web_address(facts: &Facts) -> Option<String> {
    let usable = facts.addresses.iter().map(|found| found.address).find(|address| match address {
        std::net::IpAddr::V4(four) => !four.is_link_local(),
        std::net::IpAddr::V6(six) => !six.is_unicast_link_local(),
    })?;
    Some(if usable.is_ipv4() { format!("https://{usable}/") } else { format!("https://[{usable}]/") })
}

fn slots(facts: &Facts, language: Language) -> String {
    let text = |text: Text| text.to(language);
    let Some(update) = &facts.update else { return format!("{}\r\n", text(Text::Failed)) };
    let mut lines = format!(
        "{}: {} {} %\r\n\r\n",
        text(Text::State),
        update.activity.operation,
        update.activity.progress.percent
    );
    for slot in &update.slots {
        let good = text(if slot.good { Text::Good } else { Text::NotGood });
        let running = if slot.booted { text(Text::Running) } else { "" };
        let version = slot.version.as_deref().unwrap_or("-");
        let _ = write!(lines, "  {:<12} {version:<20} {good}  {running}\r\n", slot.name);
    }
    if !update.activity.last_error.is_empty() {
        let _ = write!(lines, "\r\n{}\r\n", cut(&visible(&update.activity.last_error), COLUMNS * 3));
    }
    lines
}

/// A code as lines of half blocks: two modules high, one wide.
fn qr(text: &str) -> Option<Vec<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let colours = code.to_colors();
    let dark = |x: usize, y: usize| {
        let place = |n: usize| n.checked_sub(QUIET).filter(|n| *n < width);
        let module = place(x).zip(place(y)).and_then(|(x, y)| colours.get(y * width + x));
        module == Some(&Color::Dark)
    };
    let size = width + 2 * QUIET;
    let block = |x: usize, y: usize| match (dark(x, y), dark(x, y + 1)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    Some((0..size).step_by(2).map(|y| (0..size).map(|x| block(x, y)).collect()).collect())
}

/// What a service says goes to a terminal: without control characters.
fn visible(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

fn cut(text: &str, columns: usize) -> String {
    text.chars().take(columns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appliance::update::{Activity, Progress, Slot};

    const LANGUAGES: [Language; 3] = [Language::Portuguese, Language::English, Language::Spanish];

    fn facts() -> Facts {
        let address = |interface: &str, address: &str| LinkAddress {
            interface: interface.into(),
            address: address.parse().unwrap(),
        };
        Facts {
            status: Some(Status {
                version: "1.2.3".into(),
                uptime_seconds: 9,
                calls: 4,
                registrations: 17,
                stopping: false,
                clock: "untrusted".into(),
                sip: Vec::new(),
                appliance: true,
            }),
            addresses: vec![address("eth0", "fe80::1"), address("eth0", "192.0.2.10")],
            ..Facts::default()
        }
    }

    /// Without colours; the lines as a terminal shows them.
    fn shown(screen: &str) -> Vec<String> {
        let mut text = screen.to_owned();
        for code in [CLEAR, BOLD, PLAIN, QR_COLOURS] {
            text = text.replace(code, "");
        }
        assert!(!text.contains('\x1b'));
        text.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn the_main_screen_tells_what_is_and_fits_into_24_lines_of_80_columns() {
        for language in LANGUAGES {
            let lines = shown(&render(&Menu::new(language), &facts(), language));
            assert!(lines.len() <= 24, "{}: {lines:#?}", lines.len());
            assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:#?}");
            let all = lines.join("\n");
            for word in
                ["1.2.3", "192.0.2.10", "https://192.0.2.10/", "17", Text::ClockUntrusted.to(language)]
            {
                assert!(all.contains(word), "{word}: {all}");
            }
        }
    }

    #[test]
    fn a_dead_daemon_and_a_loose_cable_are_told() {
        let lines = shown(&render(&Menu::new(Language::English), &Facts::default(), Language::English));
        let all = lines.join("\n");
        assert!(all.contains("NOT SERVING") && all.contains("network cable"), "{all}");
        assert!(!all.contains('█'), "no code without an address");
    }

    #[test]
    fn the_code_is_square_and_framed() {
        let code = qr("https://192.0.2.10/").unwrap();
        let width = code[0].chars().count();
        assert!(code.iter().all(|line| line.chars().count() == width));
        assert_eq!(code.len(), width.div_ceil(2));
        assert!(code[0].trim().is_empty() && code.iter().all(|line| line.starts_with("  ")), "{code:#?}");
    }

    #[test]
    fn slots_are_told_and_what_a_service_says_cannot_move_the_cursor() {
        let mut menu = Menu::new(Language::English);
        menu.screen = Screen::Update;
        let update = UpdateState {
            compatible: "pabx".into(),
            activity: Activity {
                operation: "idle".into(),
                progress: Progress { percent: 100, text: String::new() },
                last_error: "bad \x1b[2J bundle".into(),
            },
            primary: None,
            slots: vec![Slot {
                name: "rootfs.0".into(),
                bootname: None,
                booted: true,
                good: false,
                version: Some("1.2.3".into()),
            }],
        };
        let all =
            shown(&render(&menu, &Facts { update: Some(update), ..facts() }, Language::English)).join("\n");
        assert!(
            all.contains("rootfs.0") && all.contains("not shown to work yet") && all.contains("running"),
            "{all}"
        );
    }

    #[test]
    fn what_is_typed_is_seen_and_a_wrong_answer_is_said() {
        for language in LANGUAGES {
            let mut menu = Menu::new(language);
            menu.screen = Screen::ChooseInterface;
            menu.wrong = true;
            let all = shown(&render(&menu, &facts(), language)).join("\n");
            assert!(all.contains(Text::Wrong.to(language)), "{all}");
        }
    }
}
