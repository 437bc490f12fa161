//! Features that the box itself answers, one per file.

pub(crate) mod echo;

/// A feature that a code dials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Hear yourself.
    Echo,
}

/// The feature behind a dialled code, if there is one.
pub(crate) fn by_code(dialled: &str) -> Option<Feature> {
    match dialled {
        echo::CODE => Some(Feature::Echo),
        _ => None,
    }
}
