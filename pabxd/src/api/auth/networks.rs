//! A sign-in from where a person has never signed in before is told.
//!
//! Which country an address lies in only a large table that ages could tell, and the box has none: what is compared is the
//! /16 of an IPv4 address, the /32 of an IPv6 one (what a provider is usually given), and everything of the house as one.

use super::authenticate::is_local;
use crate::api::core::call::Call;
use crate::api::core::http::Request;
use crate::api::core::problem::Problem;
use crate::api::resources::alerts;
use pabx_store::{UserRow, WholeBox};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Notes from where somebody signs in, and tells where that is new.
pub fn note(call: &mut Call<'_>, user: &UserRow) -> Result<(), Problem> {
    let network = network_of(&call.request);
    if call.store.note_login_network(WholeBox, user.user_id, &network, call.now)? {
        alerts::new_network(call, user, &network)?;
    }
    Ok(())
}

fn network_of(request: &Request) -> String {
    if is_local(request) { "local".to_owned() } else { of_address(request.client) }
}

fn of_address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            format!("{}/16", Ipv4Addr::new(a, b, 0, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            format!("{}/32", Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_what_a_provider_is_given() {
        let of = |text: &str| of_address(text.parse().unwrap());
        assert_eq!(of("203.0.113.7"), "203.0.0.0/16");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.0.0/16");
        assert_eq!(of("2001:db8:1:2::3"), "2001:db8::/32");
    }
}
