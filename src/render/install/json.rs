//! JSON with the keys in the order they are given, since people read these snippets.

use super::quote;

/// Longest line that holds a whole object.
const WIDTH: usize = 100;

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
        self.write(&mut out, Form::Compact);
        out
    }

    /// The text for people, indented by two; lists of strings and short objects stay on one line.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Form::Lines(0));
        out.push('\n');
        out
    }

    fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Whether it holds no object.
    fn is_leaf(&self) -> bool {
        match self {
            Self::Text(_) | Self::Flag(_) => true,
            Self::List(list) => list.iter().all(Self::is_text),
            Self::Object(_) => false,
        }
    }

    fn write(&self, out: &mut String, form: Form) {
        match self {
            Self::Text(text) => quote::push_json(out, text),
            Self::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::List(list) => {
                let inline = form != Form::Compact && list.iter().all(Self::is_text);
                let form = if inline { Form::Line } else { form };
                write_all(out, ['[', ']'], list.iter().map(|value| (None, value)), form);
            }
            Self::Object(members) => {
                let items = members.iter().map(|(key, value)| (Some(key.as_str()), value));
                let start = out.len();
                if form != Form::Compact && members.iter().all(|(_, value)| value.is_leaf()) {
                    write_all(out, ['{', '}'], items.clone(), Form::Line);
                    let line = out.rfind('\n').map_or(0, |at| at + 1);
                    if out.len() - line <= WIDTH {
                        return;
                    }
                    out.truncate(start);
                }
                write_all(out, ['{', '}'], items, form);
            }
        }
    }
}

/// How the items of a list or an object are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Without white space.
    Compact,
    /// On one line, with spaces.
    Line,
    /// Each on a line of its own, at this depth.
    Lines(usize),
}

impl Form {
    /// The form of what is inside.
    fn inner(self) -> Self {
        match self {
            Self::Lines(depth) => Self::Lines(depth + 1),
            same => same,
        }
    }
}

fn write_all<'a>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Json)>,
    form: Form,
) {
    let empty = items.len() == 0;
    // Lists in a line have no space inside their brackets.
    let space = if form == Form::Line && open == '{' && !empty { " " } else { "" };
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth * 2));
    };
    out.push(open);
    out.push_str(space);
    for (i, (key, value)) in items.enumerate() {
        if i > 0 {
            out.push_str(if form == Form::Line { ", " } else { "," });
        }
        if let Form::Lines(depth) = form {
            line(out, depth + 1);
        }
        if let Some(key) = key {
            quote::push_json(out, key);
            out.push_str(if form == Form::Compact { ":" } else { ": " });
        }
        value.write(out, form.inner());
    }
    out.push_str(space);
    if let Form::Lines(depth) = form
        && !empty
    {
        line(out, depth);
    }
    out.push(close);
}
