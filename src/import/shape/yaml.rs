//! Reads YAML as a JSON value, within limits.
//!
//! The events of the parser are taken one by one, so neither deep nesting nor aliases can cost more than the
//! limits below: what an alias stands for counts each time it is used. Numbers that would be written in another
//! form, such as `1.10`, stay text.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};
use yaml_rust2::Event;
use yaml_rust2::parser::{Parser, Tag};
use yaml_rust2::scanner::TScalarStyle;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// Most values of one document, those that aliases repeat included.
const MAX_VALUES: usize = 500_000;

/// Most bytes of text that aliases may repeat.
const MAX_REPEATED: usize = 4 << 20;

/// Why a text is not read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct YamlFault {
    pub(in crate::import) message: String,
    pub(in crate::import) line: u32,
    pub(in crate::import) column: u32,
}

/// An open sequence or mapping.
struct Open {
    anchor: usize,
    place: Holder,
}

enum Holder {
    List(Vec<Value>),
    /// Members, the key that waits for its value, and what is merged in by `<<`.
    Map(Map<String, Value>, Option<String>, Vec<Map<String, Value>>),
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, usize, usize)>,
    values: usize,
    repeated: usize,
    done: Option<Value>,
}

/// Reads the one document of a text.
pub(in crate::import) fn read_yaml(text: &str) -> Result<Value, YamlFault> {
    let mut parser = Parser::new_from_str(text);
    let mut reader = Reader::default();
    loop {
        let (event, mark) = parser.next_token().map_err(|e| YamlFault {
            message: format!("this is not valid YAML: {}", e.info()),
            line: number(e.marker().line()),
            column: number(e.marker().col() + 1),
        })?;
        if event == Event::StreamEnd {
            return Ok(reader.done.unwrap_or_default());
        }
        reader.take(event).map_err(|message| YamlFault {
            message,
            line: number(mark.line()),
            column: number(mark.col() + 1),
        })?;
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Reader {
    fn take(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(text, style, tag.as_ref());
                self.keep(anchor, &value);
                self.put(value, 1)
            }
            Event::SequenceStart(anchor, _) => self.begin(anchor, Holder::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                self.begin(anchor, Holder::Map(Map::new(), None, Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { anchor, place }) = self.open.pop() else { return Ok(()) };
                let value = match place {
                    Holder::List(items) => Value::Array(items),
                    Holder::Map(mut members, _, merged) => {
                        // What the mapping says itself counts, wherever it says it.
                        for (key, value) in merged.into_iter().flatten() {
                            members.entry(key).or_insert(value);
                        }
                        Value::Object(members)
                    }
                };
                self.keep(anchor, &value);
                self.put(value, 1)
            }
            Event::Alias(anchor) => {
                let Some((value, count, bytes)) = self.anchors.get(&anchor) else {
                    return Err("this alias stands for a value that contains it".to_owned());
                };
                let (count, bytes) = (*count, *bytes);
                self.repeated = self.repeated.saturating_add(bytes);
                if self.values.saturating_add(count) > MAX_VALUES || self.repeated > MAX_REPEATED {
                    return Err("the aliases repeat more than is read".to_owned());
                }
                let value = value.clone();
                self.put(value, count)
            }
            Event::DocumentStart if self.done.is_some() => {
                Err("a second document begins here; only one is read".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, anchor: usize, place: Holder) -> Result<(), String> {
        if self.open.len() == MAX_DEPTH {
            return Err(format!("this is nested more than {MAX_DEPTH} levels deep"));
        }
        self.open.push(Open { anchor, place });
        Ok(())
    }

    /// Remembers the value of an anchor, if it has one.
    fn keep(&mut self, anchor: usize, value: &Value) {
        if anchor > 0 {
            let (count, bytes) = size(value);
            self.repeated = self.repeated.saturating_add(bytes / 8);
            // What is too large need not be kept: its alias is refused.
            let fits = bytes <= MAX_REPEATED && self.repeated <= MAX_REPEATED;
            let kept = if fits { value.clone() } else { Value::Null };
            self.anchors.insert(anchor, (kept, count, bytes));
        }
    }

    fn put(&mut self, value: Value, count: usize) -> Result<(), String> {
        self.values = self.values.saturating_add(count);
        if self.values > MAX_VALUES {
            return Err(format!("this is value number {MAX_VALUES}; more are not read"));
        }
        match self.open.last_mut().map(|open| &mut open.place) {
            None => self.done = Some(value),
            Some(Holder::List(items)) => items.push(value),
            Some(Holder::Map(members, key @ None, _)) => {
                let text = match value {
                    Value::String(text) => text,
                    Value::Bool(_) | Value::Number(_) => value.to_string(),
                    _ => return Err("a key here is not text".to_owned()),
                };
                if members.contains_key(&text) {
                    return Err("this key is here a second time".to_owned());
                }
                *key = Some(text);
            }
            Some(Holder::Map(members, key, merged)) => {
                match (key.take().unwrap_or_default(), value) {
                    (merge, Value::Object(others)) if merge == "<<" => merged.push(others),
                    (merge, Value::Array(items)) if merge == "<<" => {
                        let others = items.into_iter().filter_map(|item| match item {
                            Value::Object(others) => Some(others),
                            _ => None,
                        });
                        merged.extend(others);
                    }
                    (key, value) => drop(members.insert(key, value)),
                }
            }
        }
        Ok(())
    }
}

/// Returns how many values a value holds, itself included, and about how many bytes it takes.
fn size(value: &Value) -> (usize, usize) {
    let (mut count, mut bytes, mut open) = (0, 0, vec![value]);
    while let Some(value) = open.pop() {
        count += 1;
        bytes += 16;
        match value {
            Value::String(text) => bytes += text.len(),
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                bytes += members.keys().map(String::len).sum::<usize>();
                open.extend(members.values());
            }
            _ => {}
        }
    }
    (count, bytes)
}

/// Returns what a scalar means by the core schema of YAML 1.2.
fn scalar(text: String, style: TScalarStyle, tag: Option<&Tag>) -> Value {
    if style != TScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str") {
        return Value::String(text);
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match text.parse::<Number>() {
            Ok(number) if number.to_string() == text => Value::Number(number),
            _ => Value::String(text),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(text: &str) -> String {
        read_yaml(text).unwrap_err().message
    }

    #[test]
    fn scalars_mean_what_the_core_schema_says_and_versions_keep_their_digits() {
        let value =
            read_yaml("a: 1.10\nb: 8080\nc: yes\nd: true\ne: ~\nf: '7'\ng: |\n  x\n").unwrap();
        let expected =
            json!({"a": "1.10", "b": 8080, "c": "yes", "d": true, "e": null, "f": "7", "g": "x\n"});
        assert_eq!(value, expected);
        for (members, merged) in [
            ("<<: *x, e: 2", json!({"b": 1, "c": 1, "e": 2})),
            ("<<: *x, b: 2", json!({"b": 2, "c": 1})),
            ("b: 2, <<: *x", json!({"b": 2, "c": 1})),
            ("<<: [{b: 3}, *x]", json!({"b": 3, "c": 1})),
            ("<<: 1", json!({"<<": 1})),
        ] {
            let text = format!("a: &x {{b: 1, c: 1}}\nd: {{{members}}}");
            assert_eq!(read_yaml(&text).unwrap()["d"], merged, "{members}");
        }
    }

    #[test]
    fn aliases_cost_no_more_than_the_limit() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..12 {
            let list = vec![format!("*a{}", i - 1); 10].join(", ");
            laughs += &format!("a{i}: &a{i} [{list}]\n");
        }
        assert_eq!(fault(&laughs), "the aliases repeat more than is read");
        let wide = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 64].join(", "));
        assert_eq!(fault(&wide), "the aliases repeat more than is read");
        assert!(fault("a: &a [*a]").contains("contains it"), "{}", fault("a: &a [*a]"));
    }

    #[test]
    fn deep_nesting_is_refused_at_its_place() {
        for deep in ["[".repeat(200), "- ".repeat(5000), "? ".repeat(5000)] {
            assert!(fault(&deep).contains("nested more than"), "{}", fault(&deep));
        }
        let more = read_yaml("a: 1\n---\nb: 2\n").unwrap_err();
        assert_eq!((more.line, more.message.contains("second document")), (2, true));
        assert!(fault("a: 1\na: 2\n").contains("second time"));
        assert!(fault("? [a]\n: 1\n").contains("not text"));
    }
}
