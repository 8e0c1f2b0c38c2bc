//! Single requests to hosts that were recorded.

use std::collections::BTreeMap;
use std::sync::Mutex;

use mcp_static::internals::world::http::{Ask, Exchange, HttpError, PRIVATE, Reply};
use serde_json::Value;

/// Answers by URL: JSON or a text with status 200, or a number for a status without a body. A list is given in turn,
/// the last of it again and again; `null` is a host in a private network. Nobody else answers.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct FakeExchange {
    answers: BTreeMap<String, Value>,
    #[serde(skip)]
    asked: Mutex<Vec<Ask>>,
}

impl FakeExchange {
    /// A world with these answers.
    pub fn new(answers: Value) -> Self {
        serde_json::from_value(answers).unwrap()
    }

    /// Every request, in order.
    pub fn asked(&self) -> Vec<Ask> {
        self.asked.lock().unwrap().clone()
    }
}

impl Exchange for FakeExchange {
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError> {
        let before = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(ask.clone());
            asked.iter().filter(|other| other.url == ask.url).count() - 1
        };
        let given = self.answers.get(&ask.url).map(|given| match given.as_array() {
            Some(list) => &list[before.min(list.len() - 1)],
            None => given,
        });
        let mut reply = Reply { status: 200, whole: true, ..Reply::default() };
        match given {
            None => {
                let why = "connection failed".to_owned();
                return Err(HttpError::NoAnswer { url: ask.url.clone(), why });
            }
            Some(Value::Null) => {
                let why = PRIVATE.to_owned();
                return Err(HttpError::Refused { url: ask.url.clone(), why });
            }
            Some(Value::Number(status)) => reply.status = status.as_u64().unwrap() as u16,
            Some(Value::String(text)) => reply.body = text.as_bytes().to_vec(),
            // A status with headers, and perhaps a body.
            Some(Value::Object(parts)) if parts.contains_key("status") => {
                reply.status = parts["status"].as_u64().unwrap() as u16;
                let headers = parts.get("headers").and_then(Value::as_object).into_iter().flatten();
                reply.headers = headers
                    .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                    .collect();
                if let Some(body) = parts.get("body") {
                    reply.body =
                        body.as_str().map_or_else(|| body.to_string(), str::to_owned).into_bytes();
                }
            }
            Some(json) => reply.body = json.to_string().into_bytes(),
        }
        Ok(reply)
    }
}
