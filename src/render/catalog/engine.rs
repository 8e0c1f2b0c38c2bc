//! The template engine: one environment for every page.
//!
//! Auto-escape is on for every template whatever its name, an undefined variable is an error, and the
//! only value that passes unescaped is what the engine itself made (macros and `tojson`). Templates come
//! from the program or from an operator's folder, never from data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) use minijinja::Value;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior};
use serde::Serialize;

use crate::text::write_html;

/// The built-in templates by name.
const BUILT_IN: &[(&str, &str)] = &[
    ("404.html", include_str!("../../../templates/404.html")),
    ("allowlist.html", include_str!("../../../templates/allowlist.html")),
    ("aside.html", include_str!("../../../templates/aside.html")),
    ("badge.svg", include_str!("../../../templates/badge.svg")),
    ("banner.html", include_str!("../../../templates/banner.html")),
    ("base.html", include_str!("../../../templates/base.html")),
    ("browse.html", include_str!("../../../templates/browse.html")),
    ("changes.html", include_str!("../../../templates/changes.html")),
    ("connect.html", include_str!("../../../templates/connect.html")),
    ("contents.html", include_str!("../../../templates/contents.html")),
    ("crumbs.html", include_str!("../../../templates/crumbs.html")),
    ("feed.xml", include_str!("../../../templates/feed.xml")),
    ("head.html", include_str!("../../../templates/head.html")),
    ("history.html", include_str!("../../../templates/history.html")),
    ("home.html", include_str!("../../../templates/home.html")),
    ("install.html", include_str!("../../../templates/install.html")),
    ("list.html", include_str!("../../../templates/list.html")),
    ("macros.html", include_str!("../../../templates/macros.html")),
    ("opensearch.xml", include_str!("../../../templates/opensearch.xml")),
    ("probe.html", include_str!("../../../templates/probe.html")),
    ("server.html", include_str!("../../../templates/server.html")),
    ("share.svg", include_str!("../../../templates/share.svg")),
    ("sitemap.xml", include_str!("../../../templates/sitemap.xml")),
    ("tab.html", include_str!("../../../templates/tab.html")),
    ("version.html", include_str!("../../../templates/version.html")),
];

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

impl TemplateProblem {
    /// Used as the template's name when the settings name an unknown client.
    pub const CLIENTS: &str = "[catalog] clients";
}

impl fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.template, self.line, self.message)
    }
}

/// Most steps that the making of one page takes where an operator's templates take part. Pages of large
/// registries take a hundredth of it.
const STEPS: u64 = 20_000_000;

/// What is said of a template that takes more.
const OUT_OF_STEPS: &str = "the page takes more than 20,000,000 steps";

/// Renders templates and remembers what went wrong.
pub(super) struct Engine {
    environment: Environment<'static>,
    /// What failed while pages were made, without doubles and in a fixed order.
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
        environment.set_fuel((!overrides.is_empty()).then_some(STEPS));
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|e| problem("base.html", &e))?);
        for (name, text) in BUILT_IN.iter().filter(|(name, _)| !overrides.contains_key(*name)) {
            environment.add_template(name, text).map_err(|e| problem(name, &e))?;
        }
        for (name, text) in overrides.iter().filter(|(name, _)| !super::assets::is_asset(name)) {
            environment
                .add_template_owned(name.clone(), text.clone())
                .map_err(|e| problem(name, &e))?;
        }
        Ok(Self { environment, problems: Mutex::default(), spent: AtomicBool::new(false) })
    }

    /// Renders `template` with `context`. Returns `None` after a failure, which is kept in `problems`.
    pub(super) fn render(&self, template: &str, context: impl Serialize) -> Option<String> {
        self.render_value(template, value(context))
    }

    /// Renders `template` with what [`value`] made.
    pub(super) fn render_value(&self, template: &str, context: Value) -> Option<String> {
        if self.spent.load(Ordering::Relaxed) {
            return None;
        }
        let rendered =
            self.environment.get_template(template).and_then(|found| found.render(context));
        rendered
            .map_err(|e| {
                let problem = problem(template, &e);
                self.spent.fetch_or(problem.message == OUT_OF_STEPS, Ordering::Relaxed);
                self.remember(problem);
            })
            .ok()
    }

    /// What went wrong so far, without doubles.
    pub(super) fn problems(&self) -> Vec<TemplateProblem> {
        self.lock().iter().cloned().collect()
    }

    /// Keeps a problem for the report; the page is missing, so the build will refuse.
    fn remember(&self, problem: TemplateProblem) {
        self.lock().insert(problem);
    }

    /// The problems. A thread that died while it held them left them whole.
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<TemplateProblem>> {
        self.problems.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

/// Whether `name` is a template that an operator may replace.
pub(super) fn is_template(name: &str) -> bool {
    BUILT_IN.iter().any(|(known, _)| *known == name)
}

/// Names of the built-in templates.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Turns a view into what templates see.
pub(super) fn value(view: impl Serialize) -> Value {
    Value::from(Serde(&view))
}

/// What templates see of a page.
pub(super) fn framed(site: Value, page: Value, it: Value) -> Value {
    minijinja::context! { site, page, it }
}

/// Stands for the built-in templates.
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

/// A problem in the words of the error that lies deepest: it names the template and line where the
/// fault is, the outer ones only who included it.
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
        let page = engine.render("404.html", &context).unwrap();
        assert_eq!(page, "<p>&lt;b&gt;&quot;a/b&quot;&amp;&#39;{{ x }}&#39;</p>");
        assert!(engine.render("404.html", BTreeMap::from([("other", "")])).is_none());
        let problems = engine.problems();
        assert_eq!((problems.len(), &*problems[0].template, problems[0].line), (1, "404.html", 1));
    }

    #[test]
    fn a_template_without_an_end_is_given_up_and_no_further_page_is_made() {
        let text = "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}";
        let engine = engine("404.html", text).unwrap();
        let none = BTreeMap::<&str, &str>::new();
        assert!(engine.render("404.html", &none).is_none());
        assert_eq!(engine.problems()[0].message, OUT_OF_STEPS);
        let begun = std::time::Instant::now();
        assert!((0..1000).all(|_| engine.render("404.html", &none).is_none()));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_broken_template_is_named_with_its_line() {
        let problem = engine("home.html", "a\nb {% if %}").unwrap_err();
        assert_eq!((&*problem.template, problem.line), ("home.html", 2));
    }
}
