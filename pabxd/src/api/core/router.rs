//! From method and path to the route.

use super::http::Method;
use super::problem::{Kind, Problem};
use super::route::Route;
use std::collections::HashMap;

/// All routes.
pub struct Router {
    paths: matchit::Router<HashMap<Method, usize>>,
    routes: Vec<Route>,
}

/// What was found.
pub struct Found<'a> {
    /// The route.
    pub route: &'a Route,
    /// The parts of the path that it names, decoded.
    pub parameters: Vec<(String, String)>,
}

impl Router {
    /// Of these routes; two for one method and path are a bug, and so is a path that cannot be told from another.
    pub fn new(routes: Vec<Route>) -> Result<Self, String> {
        let mut by_path: HashMap<&'static str, HashMap<Method, usize>> = HashMap::new();
        for (place, route) in routes.iter().enumerate() {
            if by_path.entry(route.path).or_default().insert(route.method, place).is_some() {
                return Err(format!("{} {} is there twice", route.method.as_str(), route.path));
            }
        }
        let mut paths = matchit::Router::new();
        for (path, methods) in by_path {
            paths.insert(path, methods).map_err(|error| format!("{path}: {error}"))?;
        }
        Ok(Self { paths, routes })
    }

    /// All of them, for the document.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The route for a path below the base.
    pub fn find(&self, method: Method, path: &str) -> Result<Found<'_>, Problem> {
        let found = self.paths.at(path).map_err(|_| Problem::not_found())?;
        let place = found.value.get(&method).ok_or(Problem::new(Kind::MethodNotAllowed))?;
        let route = self.routes.get(*place).ok_or(Problem::new(Kind::Internal))?;
        let decoded = found.params.iter().map(|(name, text)| Some((name.to_owned(), percent_decoded(text)?)));
        let parameters = decoded.collect::<Option<_>>().ok_or(Problem::not_found())?;
        Ok(Found { route, parameters })
    }

    /// The methods of a path, for `Allow`.
    pub fn methods(&self, path: &str) -> Vec<Method> {
        let methods = self.paths.at(path).map(|found| found.value.keys().copied().collect());
        methods.unwrap_or_default()
    }
}

/// Octets behind `%XX`; `None` where they are none, or no UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        let plain = match octet {
            b'%' => {
                let (high, low) =
                    (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        };
        octets.push(plain);
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_decoded_or_refused() {
        assert_eq!(percent_decoded("a%20b%C3%A9").as_deref(), Some("a bé"));
        for bad in ["%", "%4", "%zz", "%ff"] {
            assert_eq!(percent_decoded(bad), None, "{bad}");
        }
    }
}
