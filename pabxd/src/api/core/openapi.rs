//! The OpenAPI 3.1 document (<https://spec.openapis.org/oas/v3.1.0>), made of the routes themselves.

#![allow(
    clippy::indexing_slicing,
    reason = "to index a JSON object with a word makes the entry; all of it is ours"
)]

use super::BASE;
use super::access::Access;
use super::http::Method;
use super::problem::{Kind, ProblemDocument};
use super::route::Route;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The document.
pub fn document(routes: &[Route]) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .into_generator();
    let problem = generator.subschema_for::<ProblemDocument>();
    let mut paths = Map::new();
    for route in routes {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        let method = route.method.as_str().to_ascii_lowercase();
        item[method] = operation(route, &mut generator, &problem);
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "pabx",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The management interface of the box. Times are RFC 3339 in UTC; ids are opaque. Errors are \
                application/problem+json (RFC 9457) with a stable type. Lists page with limit and cursor.",
        },
        "servers": [{ "url": BASE }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "An access token (JWT) or an API key." },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-session" },
            },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator, problem: &Schema) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [tag(route.path)],
        "parameters": parameters(route, generator),
        "responses": responses(route, generator, problem),
        "x-access": route.access.describe(),
    });
    if let Some(permission) = route.access.permission() {
        operation["x-permission"] = json!(permission.as_str());
    }
    operation["security"] = match route.access {
        Access::Public => json!([]),
        _ => json!([{ "bearer": [] }, { "session": [] }]),
    };
    if let Some((media_type, schema)) = route.body {
        let schema = schema(generator);
        operation["requestBody"] =
            json!({ "required": true, "content": { media_type: { "schema": schema } } });
    }
    operation
}

/// Such as `post_accounts_account_id_extensions`.
fn operation_id(route: &Route) -> String {
    let words = route.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(route.method.as_str().to_ascii_lowercase())
        .chain(words.map(str::to_owned))
        .collect::<Vec<_>>()
        .join("_")
}

/// The first word of the path that is not an account's.
fn tag(path: &str) -> &str {
    let rest = path.strip_prefix("/accounts/{account_id}/").unwrap_or(path.trim_start_matches('/'));
    rest.split('/').next().unwrap_or("")
}

fn parameters(route: &Route, generator: &mut SchemaGenerator) -> Vec<Value> {
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let string = json!({ "type": "string", "maxLength": 64 });
    let mut parameters: Vec<Value> =
        names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": string })).collect();
    if let Some(query) = route.query {
        parameters.extend(query_parameters(&query(generator)));
    }
    if route.conditional {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" },
            "description": "The ETag of what was read, or *.",
        }));
    }
    if route.method == Method::Post && route.given.status == 201 {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
            "description": "Sent again with the same key, the request makes nothing twice.",
        }));
    }
    parameters
}

fn query_parameters(schema: &Schema) -> Vec<Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({
            "name": name, "in": "query", "required": is_required(name), "schema": without_null(schema),
            "description": description.unwrap_or_default(),
        })
    };
    properties.into_iter().flatten().map(parameter).collect()
}

/// A query parameter that is left out is left out; it is never null.
fn without_null(mut schema: Value) -> Value {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [only] = choices.as_slice() {
            return only.clone();
        }
    }
    schema
}

fn responses(route: &Route, generator: &mut SchemaGenerator, problem: &Schema) -> Value {
    let mut responses = Map::new();
    let mut given = json!({ "description": "Done" });
    if let Some((media_type, schema)) = route.given.content {
        given["content"] = json!({ media_type: { "schema": schema(generator) } });
    }
    if route.given.tagged {
        given["headers"] =
            json!({ "ETag": { "schema": { "type": "string" }, "description": "For If-Match" } });
    }
    responses.insert(route.given.status.to_string(), given);
    for kind in problems(route) {
        let entry = responses.entry(kind.status().to_string()).or_insert_with(
            || json!({ "description": "", "content": { "application/problem+json": { "schema": problem } } }),
        );
        let words = entry["description"].as_str().unwrap_or_default();
        let words =
            if words.is_empty() { kind.word().to_owned() } else { format!("{words}, {}", kind.word()) };
        entry["description"] = json!(words);
    }
    Value::Object(responses)
}

/// What can go wrong, by what the route is.
fn problems(route: &Route) -> Vec<Kind> {
    let mut kinds = vec![Kind::BadRequest, Kind::TooMany, Kind::Internal, Kind::Unavailable];
    if route.access != Access::Public {
        kinds.extend([Kind::Unauthenticated, Kind::Forbidden]);
        if !route.while_restricted {
            kinds.extend([Kind::PasswordChangeRequired, Kind::OtpEnrolmentRequired]);
        }
    }
    if !route.method.is_safe() {
        kinds.extend([Kind::Csrf, Kind::Conflict, Kind::Taken, Kind::Limit, Kind::DiskFull]);
    }
    if route.path.starts_with("/system") && route.method.is_safe() {
        // The box around the daemon is looked after elsewhere.
        kinds.push(Kind::Conflict);
    }
    if route.path.starts_with("/auth") {
        kinds.extend([Kind::WrongCredentials, Kind::OtpRequired]);
    }
    if route.path.contains('{') {
        kinds.push(Kind::NotFound);
    }
    if route.body.is_some() {
        kinds.extend([Kind::TooLarge, Kind::MediaType]);
    }
    if route.body.is_some() || route.query.is_some() {
        kinds.push(Kind::Invalid);
    }
    if route.conditional || route.method == Method::Delete {
        kinds.extend([Kind::Stale, Kind::PreconditionRequired]);
    }
    kinds
}
