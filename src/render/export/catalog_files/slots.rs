//! Values that users supply, in the notation of Docker's catalog.
//!
//! A secret is `${NAME}`, and Docker asks for it under `<server>.<name>`; any other value is
//! `{{server.name}}`, and is asked for in a form. The text of a secret is never written.

use serde_json::{Map, Value, json};

use crate::model::{Format, Given, Input, NamedInput};

/// What is asked for while the entry of a server is made.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    server: &'a str,
    secrets: Vec<(String, String)>,
    fields: Map<String, Value>,
    required: Vec<String>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(server: &'a str) -> Self {
        Self { server, secrets: Vec::new(), fields: Map::new(), required: Vec::new() }
    }

    /// Returns the value of an input called `name`; `None` when it is left out.
    pub(super) fn value(&mut self, name: &str, input: &Input) -> Option<String> {
        match input.given() {
            Given::Nothing => None,
            Given::User => Some(self.ask(name, input)),
            Given::Text(text) => Some(self.replaced(text, &input.variables)),
        }
    }

    /// Returns `text` with its `{variables}` in this notation. Those that nobody describes are asked for too.
    pub(super) fn replaced(&mut self, text: &str, variables: &[NamedInput]) -> String {
        let (mut made, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            made.push_str(before);
            match after.split_once('}') {
                Some((name, after)) if !name.is_empty() && !name.contains(['{', ' ', '"']) => {
                    let known = variables.iter().find(|variable| variable.name == name);
                    let value = match known
                        .map(|variable| (&variable.input, variable.input.given()))
                    {
                        Some((_, Given::Text(text))) => text.to_owned(),
                        Some((input, _)) => self.ask(name, input),
                        None => self.ask(name, &Input { is_required: true, ..Input::default() }),
                    };
                    made.push_str(&value);
                    rest = after;
                }
                _ => {
                    made.push('{');
                    rest = after;
                }
            }
        }
        made + rest
    }

    /// Asks for a value, and returns what stands for it.
    pub(super) fn ask(&mut self, name: &str, input: &Input) -> String {
        if input.is_secret {
            let variable = variable(name);
            let secret = (format!("{}.{name}", self.server), variable.clone());
            if !self.secrets.contains(&secret) {
                self.secrets.push(secret);
            }
            return format!("${{{variable}}}");
        }
        if !self.fields.contains_key(name) {
            self.fields.insert(name.to_owned(), field(input));
            if input.is_required {
                self.required.push(name.to_owned());
            }
        }
        format!("{{{{{}.{name}}}}}", self.server)
    }

    /// Returns the members `secrets` and `config`, where there are any.
    pub(super) fn members(self, about: &str) -> (Option<Value>, Option<Value>) {
        let secrets = self.secrets.iter().map(|(name, env)| json!({ "name": name, "env": env }));
        let secrets: Vec<Value> = secrets.collect();
        let config = json!([{
            "name": self.server,
            "description": about,
            "type": "object",
            "properties": self.fields,
            "required": self.required,
        }]);
        let has_fields = config.pointer("/0/properties").is_some_and(|it| it != &json!({}));
        ((!secrets.is_empty()).then(|| secrets.into()), has_fields.then_some(config))
    }
}

/// The schema of a value.
fn field(input: &Input) -> Value {
    let kind = match input.format {
        Format::Number => "number",
        Format::Boolean => "boolean",
        Format::Text | Format::FilePath => "string",
    };
    let mut field = Map::new();
    field.insert("type".to_owned(), kind.into());
    let texts = [
        ("description", &input.description),
        ("default", &input.default),
        ("placeholder", &input.placeholder),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            field.insert(key.to_owned(), text.as_str().into());
        }
    }
    if !input.choices.is_empty() {
        field.insert("enum".to_owned(), input.choices.clone().into());
    }
    field.into()
}

/// Returns `name` as the name of an environment variable.
pub(super) fn variable(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect()
}
