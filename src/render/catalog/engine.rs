//! The template engine: one environment for every page.
//!
//! Auto-escape is on for every template, an undefined variable is an error, and only output of the engine
//! itself (macros and `tojson`) passes unescaped. Templates come from the program or from an operator's
//! folder, never from data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex};

pub(super) use minijinja::Value;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior};
use serde::Serialize;

use super::squeeze::squeeze;
use crate::text::write_html;

macro_rules! built_in {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../templates/", $name)))),*]
    };
}

/// The built-in templates by name.
const BUILT_IN: &[(&str, &str)] = built_in! {
    "404.html" "allowlist.html" "aside.html" "badge.svg" "banner.html" "base.html" "browse.html"
    "changes.html" "connect.html" "contents.html" "crumbs.html" "feed.xml" "head.html"
    "history.html" "home.html" "inputs.html" "install.html" "links.html" "list.html" "lists.html"
    "macros.html" "namespaces.html" "numbers.html" "opensearch.xml" "policy.html" "probe.html"
    "server.html" "share.svg" "sitemap.xml" "tab.html" "version.html"
};

/// The same, with the HTML in its short form.
static SQUEEZED: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let form = |name: &str, text: &str| match name.ends_with(".html") {
        true => squeeze(text),
        false => text.to_owned(),
    };
    BUILT_IN.iter().map(|(name, text)| (*name, form(name, text))).collect()
});

/// A template that does not work, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateProblem {
    /// Name of the template, such as `home.html`.
    pub template: String,
    /// Line, counted from 1; 0 when unknown.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.template, self.line, self.message)
    }
}

/// Most steps in which a page is rendered when an operator has replaced templates. Pages of large
/// registries take a hundredth of it.
const STEPS: u64 = 20_000_000;

/// The message about a template that takes more.
const OUT_OF_STEPS: &str = "the page takes more than 20,000,000 steps";

/// Renders templates and keeps their errors.
pub(super) struct Engine {
    environment: Environment<'static>,
    /// Errors of templates, without duplicates and in a fixed order.
    problems: Mutex<BTreeSet<TemplateProblem>>,
    /// Whether a template has used up its steps; then no more pages are rendered.
    spent: AtomicBool,
}

impl Engine {
    /// An engine with the built-in templates, of which `overrides` replaces some and adds partials.
    pub(super) fn new(overrides: &BTreeMap<String, String>) -> Result<Self, TemplateProblem> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(write_escaped);
        environment.add_filter("content", content);
        environment.set_fuel((!overrides.is_empty()).then_some(STEPS));
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|e| problem("base.html", &e))?);
        for (name, text) in SQUEEZED.iter().filter(|(name, _)| !overrides.contains_key(*name)) {
            environment.add_template(name, text).map_err(|e| problem(name, &e))?;
        }
        let assets: Vec<_> = super::assets::names().collect();
        for (name, text) in overrides.iter().filter(|(name, _)| !assets.contains(&name.as_str())) {
            environment
                .add_template_owned(name.clone(), text.clone())
                .map_err(|e| problem(name, &e))?;
        }
        Ok(Self { environment, problems: Mutex::default(), spent: AtomicBool::new(false) })
    }

    /// Renders `template` with a context that [`value`] made. Returns `None` after a failure, which is kept
    /// in `problems`.
    pub(super) fn render(&self, template: &str, context: Value) -> Option<String> {
        if self.spent.load(Ordering::Relaxed) {
            return None;
        }
        let found = self.environment.get_template(template);
        let failed = |e: Error| {
            let problem = problem(template, &e);
            self.spent.fetch_or(problem.message == OUT_OF_STEPS, Ordering::Relaxed);
            self.lock().insert(problem);
        };
        found.and_then(|found| found.render(context)).map_err(failed).ok()
    }

    /// Returns the errors of templates so far, without duplicates.
    pub(super) fn problems(&self) -> Vec<TemplateProblem> {
        self.lock().iter().cloned().collect()
    }

    /// Locks the problems. A thread that panicked while it held the lock left them complete.
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<TemplateProblem>> {
        self.problems.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

/// Returns the names of the built-in templates.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Converts a view for templates.
pub(super) fn value(view: impl Serialize) -> Value {
    Value::from(Serde(&view))
}

/// Returns the context of a page.
pub(super) fn context(site: Value, page: Value, it: Value) -> Value {
    minijinja::context! { site, page, it }
}

/// Returns a digest of the built-in templates.
pub(super) fn digest() -> String {
    let texts: Vec<&str> = BUILT_IN.iter().map(|(_, text)| *text).collect();
    crate::site::fingerprint(texts.concat().as_bytes())
}

/// Writes a value into a page. A slash needs no escape, so links stay readable.
fn write_escaped(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    let failed =
        |_| Error::new(minijinja::ErrorKind::WriteFailure, "the page could not be written");
    if value.is_safe() || value.kind() == ValueKind::Number {
        return match value.as_str() {
            Some(text) => out.write_str(text),
            None => write!(out, "{value}"),
        }
        .map_err(failed);
    }
    if matches!(value.kind(), ValueKind::None | ValueKind::Undefined) {
        return Err(Error::new(minijinja::ErrorKind::UndefinedError, "the value is absent"));
    }
    let written;
    let rest = match value.as_str() {
        Some(text) => text,
        None => {
            written = value.to_string();
            &written
        }
    };
    write_html(out, rest).map_err(failed)
}

/// Escapes text between tags, where quotes need no escape: code has many.
fn content(text: &str) -> Value {
    let mut escaped = String::with_capacity(text.len() + 32);
    for piece in text.split_inclusive(['<', '&']) {
        let (plain, escape) = match piece.as_bytes().last() {
            Some(b'<') => (&piece[..piece.len() - 1], "&lt;"),
            Some(b'&') => (&piece[..piece.len() - 1], "&amp;"),
            _ => (piece, ""),
        };
        escaped.push_str(plain);
        escaped.push_str(escape);
    }
    Value::from_safe_string(escaped)
}

/// Returns the innermost error, which names the template and line at fault; the outer ones name the
/// templates that include it.
fn problem(template: &str, e: &Error) -> TemplateProblem {
    let mut deepest = e;
    while let Some(inner) = std::error::Error::source(deepest).and_then(|e| e.downcast_ref()) {
        deepest = inner;
    }
    let message = match deepest.kind() {
        minijinja::ErrorKind::OutOfFuel => OUT_OF_STEPS.to_owned(),
        kind => deepest.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    TemplateProblem {
        template: deepest.name().unwrap_or(template).to_owned(),
        line: deepest.line().unwrap_or(0),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(name: &str, text: &str) -> Result<Engine, TemplateProblem> {
        Engine::new(&BTreeMap::from([(name.to_owned(), text.to_owned())]))
    }

    #[test]
    fn text_is_escaped_and_a_missing_value_is_a_problem() {
        let engine = engine("404.html", "<p>{{ text }}</p>").unwrap();
        let context = BTreeMap::from([("text", "<b>\"a/b\"&'{{ x }}'")]);
        let page = engine.render("404.html", value(&context)).unwrap();
        assert_eq!(page, "<p>&lt;b&gt;&quot;a/b&quot;&amp;&#39;{{ x }}&#39;</p>");
        assert!(engine.render("404.html", value(BTreeMap::from([("other", "")]))).is_none());
        let problems = engine.problems();
        assert_eq!((problems.len(), &*problems[0].template, problems[0].line), (1, "404.html", 1));
    }

    #[test]
    fn a_template_without_an_end_is_given_up_and_no_further_page_is_made() {
        let text = "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}";
        let engine = engine("404.html", text).unwrap();
        let none = BTreeMap::<&str, &str>::new();
        assert!(engine.render("404.html", value(&none)).is_none());
        assert_eq!(engine.problems()[0].message, OUT_OF_STEPS);
        let begun = std::time::Instant::now();
        assert!((0..1000).all(|_| engine.render("404.html", value(&none)).is_none()));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_broken_template_is_named_with_its_line() {
        let problem = engine("home.html", "a\nb {% if %}").unwrap_err();
        assert_eq!((&*problem.template, problem.line), ("home.html", 2));
    }
}
