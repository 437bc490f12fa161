//! How far an extension may call.

use crate::Class;
use crate::text::word_enum;

word_enum!(
    /// The farthest that an extension may call. Emergency numbers are never among what it may not.
    CallingClass {
        /// The account's own extensions and the box.
        Internal = "internal",
        /// Free numbers, services, and the own area.
        Local = "local",
        /// Mobile phones of the country, too.
        Mobile = "mobile",
        /// The whole country.
        LongDistance = "long_distance",
        /// Other countries too, those that the account allows.
        International = "international",
    }
);

impl Default for CallingClass {
    /// What the account allows is allowed to everybody, unless said otherwise.
    fn default() -> Self {
        Self::International
    }
}

impl CallingClass {
    /// Whether such a number may be called. Numbers that the plan does not know may be anywhere in the country.
    pub fn allows(self, class: Class) -> bool {
        let needed = match class {
            Class::Emergency => return true,
            Class::Service | Class::TollFree | Class::SharedCost | Class::Local => Self::Local,
            Class::Mobile => Self::Mobile,
            Class::LongDistance | Class::Unknown => Self::LongDistance,
            Class::International | Class::Premium => Self::International,
        };
        self >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_reaches_what_the_one_before_does_and_more() {
        let reached =
            |calling: CallingClass| Class::ALL.iter().filter(|class| calling.allows(**class)).count();
        let counts: Vec<usize> = CallingClass::ALL.iter().map(|calling| reached(*calling)).collect();
        assert_eq!(counts, [1, 5, 6, 8, 10]);
        assert!(CallingClass::Internal.allows(Class::Emergency));
    }
}
