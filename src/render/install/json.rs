//! JSON with the keys in the order they are given, since people read these snippets.

use super::quote;

/// A JSON value whose objects keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// A string.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// An object of what is there; `None` members are left out.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Option<Json>)>) -> Self {
        let members = members.into_iter();
        Self::Object(members.filter_map(|(key, value)| Some((key.to_owned(), value?))).collect())
    }

    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An array of strings.
    pub fn texts(texts: impl IntoIterator<Item = String>) -> Self {
        Self::List(texts.into_iter().map(Self::Text).collect())
    }

    /// An object of strings, or `None` when it would be empty.
    pub fn map(members: impl IntoIterator<Item = (String, String)>) -> Option<Self> {
        let members: Vec<_> =
            members.into_iter().map(|(key, value)| (key, Self::Text(value))).collect();
        (!members.is_empty()).then_some(Self::Object(members))
    }

    /// `self`, an object, with one more member; anything else stays as it is.
    pub fn with(mut self, key: &str, value: Option<Json>) -> Self {
        if let (Self::Object(members), Some(value)) = (&mut self, value) {
            members.push((key.to_owned(), value));
        }
        self
    }

    /// The text without white space.
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// The text for people, indented by two; lists of short strings stay on one line.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, indent: Option<usize>) {
        match self {
            Self::Text(text) => quote::push_json(out, text),
            Self::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::List(list) => {
                let inline = list.iter().all(|value| matches!(value, Self::Text(_)));
                let items = list.iter().map(|value| (None, value));
                write_all(
                    out,
                    ['[', ']'],
                    items,
                    indent.filter(|_| !inline),
                    inline && indent.is_some(),
                );
            }
            Self::Object(members) => {
                let items = members.iter().map(|(key, value)| (Some(key.as_str()), value));
                write_all(out, ['{', '}'], items, indent, false);
            }
        }
    }
}

fn write_all<'a>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Json)>,
    indent: Option<usize>,
    spaced: bool,
) {
    let empty = items.len() == 0;
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth * 2));
    };
    out.push(open);
    for (i, (key, value)) in items.enumerate() {
        if i > 0 {
            out.push_str(if spaced { ", " } else { "," });
        }
        if let Some(depth) = indent {
            line(out, depth + 1);
        }
        if let Some(key) = key {
            quote::push_json(out, key);
            out.push_str(if indent.is_some() { ": " } else { ":" });
        }
        value.write(out, indent.map(|depth| depth + 1));
    }
    if let Some(depth) = indent.filter(|_| !empty) {
        line(out, depth);
    }
    out.push(close);
}
