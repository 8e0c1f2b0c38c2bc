//! A call of a tool: the schema of its arguments, the arguments, and what they name.

use serde_json::{Map, Value, json};

use crate::diag::nearest;
use crate::model::query::ListedEntry as _;
use crate::render::install::Clients;
use crate::text::shorten;

use super::super::Live;
use super::super::stored::Stored;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// A property of a schema.
pub(super) type Property = (&'static str, fn() -> Value);

/// The name of a server.
pub(super) const NAME: Property = (
    "name",
    || json!({ "type": "string", "description": "The server's whole name, such as com.example/weather" }),
);

/// A version.
pub(super) const VERSION: Property = (
    "version",
    || json!({ "type": "string", "description": "A version, such as 1.0.0; the latest one if it is not given" }),
);

/// A version, where none means all.
pub(super) const VERSION_IF_ANY: Property = (
    "version",
    || json!({ "type": "string", "description": "A version, such as 1.0.0; all versions if it is not given" }),
);

/// Makes a schema.
pub(super) fn schema(properties: &[Property], required: &[&str]) -> Object {
    let all: Object = properties.iter().map(|(name, make)| ((*name).to_owned(), make())).collect();
    let schema = json!({
        "type": "object",
        "properties": all,
        "required": required,
        "additionalProperties": false,
    });
    match schema {
        Value::Object(schema) => schema,
        _ => Object::new(),
    }
}

/// The ids of the clients that a server can be installed in.
pub(super) fn client_ids() -> Vec<&'static str> {
    Clients::ids().collect()
}

/// The arguments of a call.
pub(super) struct Arguments(pub(super) Object);

impl Arguments {
    /// Compares the arguments with the schema of a tool, which is made of the few words that [`schema`] uses.
    pub(super) fn check(&self, schema: &Object) -> Result<(), String> {
        let empty = Object::new();
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for (key, value) in &self.0 {
            let shown = value.to_string();
            let (key_shown, shown) = (shorten(key), shorten(&shown));
            let Some(property) = known.get(key) else {
                let names: Vec<&str> = known.keys().map(String::as_str).collect();
                return Err(format!(
                    "there is no argument {key_shown:?}; the tool takes {}",
                    names.join(", ")
                ));
            };
            let fits = match property.get("type").and_then(Value::as_str) {
                Some("integer") => {
                    let bound = |key| property.get(key).and_then(Value::as_u64);
                    let (least, most) = (bound("minimum"), bound("maximum"));
                    value.as_u64().is_some_and(|n| {
                        least.is_none_or(|least| n >= least) && most.is_none_or(|most| n <= most)
                    })
                }
                _ => value.is_string(),
            };
            if !fits {
                return Err(format!(
                    "the argument {key:?} is {shown}, which does not fit {property}"
                ));
            }
            let words = property.get("enum").and_then(Value::as_array);
            if words.is_some_and(|words| !words.contains(value)) {
                let words: Vec<&str> =
                    words.into_iter().flatten().filter_map(Value::as_str).collect();
                return Err(format!(
                    "the argument {key:?} is {shown}; choose from {}",
                    words.join(", ")
                ));
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        match required.filter_map(Value::as_str).find(|key| !self.0.contains_key(*key)) {
            Some(missing) => Err(format!("the argument {missing:?} is missing")),
            None => Ok(()),
        }
    }

    /// Returns a text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// Returns a number.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        self.0.get(key)?.as_u64()?.try_into().ok()
    }
}

/// Returns the server and the version that a call names.
pub(super) fn subject<'a>(
    live: &'a Live,
    arguments: &Arguments,
) -> Result<(&'a Stored, String), String> {
    let name = arguments.text("name").unwrap_or_default();
    let Some(server) = live.server(name) else { return Err(unknown(live, name)) };
    let wanted = arguments.text("version").unwrap_or("latest");
    match server.version(wanted) {
        Some((row, _)) if !row.is_deleted() => Ok((server, row.version().to_owned())),
        Some((row, _)) => Err(match wanted {
            "latest" => format!("{name} was withdrawn from this registry, with all its versions"),
            _ => format!(
                "{name} {} was withdrawn from this registry{}",
                row.version(),
                others(server)
            ),
        }),
        None => Err(format!("{name} has no version {:?}{}", shorten(wanted), others(server))),
    }
}

/// Lists the versions that can be used instead.
fn others(server: &Stored) -> String {
    /// Most versions that are listed.
    const MOST: usize = 10;
    let shown: Vec<&str> = server.shown(false).map(|row| row.version()).collect();
    match shown.len() {
        0 => String::new(),
        n if n > MOST => format!("; its newest versions are {}", shown[..MOST].join(", ")),
        _ => format!("; its versions are {}", shown.join(", ")),
    }
}

pub(super) fn unknown(live: &Live, name: &str) -> String {
    let half = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let wanted = half(name);
    let near = nearest(name, live.names()).or_else(|| live.names().find(|it| half(it) == wanted));
    let help = match near {
        Some(near) => format!("did you mean {near}?"),
        None => "find its name with search_servers".to_owned(),
    };
    format!("this registry has no server {:?}; {help}", shorten(name))
}
