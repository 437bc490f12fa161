//! What kind of destination a number is.

crate::text::word_enum!(
    /// For permissions, prices and reports. A number of the own country is never `international`, nor is one of
    /// another country anything but `international`, `premium` or, for the worldwide series, free or shared.
    Class {
        /// Police, ambulance, fire and who else answers for life and limb: never refused.
        Emergency = "emergency",
        /// Short codes of public utilities and of the network.
        Service = "service",
        /// The called party pays.
        TollFree = "toll_free",
        /// Both parties pay, or the price is that of a local call from anywhere.
        SharedCost = "shared_cost",
        /// In the own area.
        Local = "local",
        /// In another area of the own country.
        LongDistance = "long_distance",
        /// Mobile, in any area of the own country.
        Mobile = "mobile",
        /// Another country.
        International = "international",
        /// The caller pays for more than the call; satellites too.
        Premium = "premium",
        /// In no plan.
        Unknown = "unknown",
    }
);
