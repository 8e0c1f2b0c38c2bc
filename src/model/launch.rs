//! Where the runtime arguments of a package go on the command line of the program that runs it.
//!
//! `npx`, `uvx`, `docker` and the like run the first word that is neither an option nor the value of
//! one. A runtime argument that became this word would run another package than the one that the
//! document names. So only options that the program is known to have go before the package, and what
//! an author wrote behind the package, as in `docker run image serve`, goes behind it again. Everything
//! else is refused; see [`Misplaced`].

mod names;
mod options;

use options::{OPTIONS, Options, Takes};

use super::{Argument, ArgumentKind, Given, Naming, Package, PackageType, Runner};

/// Where a word goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Spot {
    /// Nowhere: the usual line of the program has it already, or it has no value.
    #[default]
    LeftOut,
    /// Nowhere: it is an option that the user may add.
    Offered,
    /// Between the program and the package.
    Before,
    /// Behind the package.
    After,
}

/// Where the words of one argument go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The name of a named argument.
    pub name: Spot,
    /// The value.
    pub value: Spot,
}

/// Where the runtime arguments of a package go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Launch {
    /// One place for each runtime argument, in their order.
    pub places: Vec<Place>,
    /// The extras of a Python package, with their brackets, when an argument repeats the package
    /// with them.
    pub extras: String,
}

/// A runtime argument without a safe place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misplaced {
    /// Its index among the runtime arguments.
    pub argument: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a runtime argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The program would run it in place of the package.
    TakesPlace,
    /// The program is not known to have this option, so the word behind it may be run as the package.
    UnknownOption,
    /// It names another package registry than the document does.
    OtherRegistry,
}

impl Problem {
    /// Why no command is shown.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TakesPlace => {
                "A runtime argument would be run in place of this package, so no command is shown."
            }
            Self::UnknownOption => {
                "A runtime argument is not a known option of the program that runs the package, so no command is shown."
            }
            Self::OtherRegistry => {
                "A runtime argument names another package registry, so no command is shown."
            }
        }
    }
}

/// Finds the place of every runtime argument of `package`, which `runner` runs.
pub fn launch(kind: &PackageType, runner: &Runner, package: &Package) -> Result<Launch, Misplaced> {
    let options = OPTIONS.iter().find(|options| options.program == runner.program);
    let mut walk =
        Walk { kind, options, package, launch: Launch::default(), waits: None, passed: false };
    for (argument, it) in package.runtime_arguments.iter().enumerate() {
        let place = walk.place(it).map_err(|problem| Misplaced { argument, problem })?;
        walk.launch.places.push(place);
    }
    walk.give_up();
    Ok(walk.launch)
}

/// Which version of a package a command line runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// The one that the document names.
    Named,
    /// Any: the command names none, unlike the document.
    Any,
}

/// Returns which version of `package` a command line runs; `None` when it runs something else, another
/// version, or takes it from another registry.
///
/// Every command of an allowlist passes this, from every installer.
pub fn run(kind: &PackageType, package: &Package, argv: &[String]) -> Option<Run> {
    let word = first_word(kind, package, argv)?;
    kind.names(&package.identifier, word)?;
    let named = kind.version(&package.identifier).or(package.version.as_deref());
    match kind.version(word) {
        version if version == named => Some(Run::Named),
        None => Some(Run::Any),
        Some(_) => None,
    }
}

/// Returns the word that a command line runs as a package from the registry of `package`.
fn first_word<'a>(kind: &PackageType, package: &Package, argv: &'a [String]) -> Option<&'a str> {
    let argv = argv.strip_prefix(&["cmd".to_owned(), "/c".to_owned()]).unwrap_or(argv);
    let (program, mut words) = argv.split_first()?;
    let options = OPTIONS.iter().find(|it| it.program == program)?;
    let runner = kind.runners.iter().find(|it| it.program == program)?;
    let unusual = package.registry_base_url.as_deref().filter(|url| !kind.is_usual_registry(url));
    let mut named = None;
    if let Some(first) = runner.before.first().filter(|word| !word.starts_with('-')) {
        words = words.split_first().filter(|(word, _)| word == first)?.1;
    }
    while let Some((word, rest)) = words.split_first() {
        words = rest;
        let usual = [runner.before, runner.synonyms].iter().any(|it| it.contains(&word.as_str()));
        if usual && word.starts_with('-') {
            continue;
        }
        if !word.starts_with('-') {
            // Some programs take the address of the registry behind the package.
            let behind = words.windows(2).take_while(|pair| pair[0] != "--");
            let option = runner.registry_option.filter(|_| !runner.after.is_empty());
            let named = named.or_else(|| {
                behind.filter(|pair| option == Some(pair[0].as_str())).map(|pair| &pair[1]).next()
            });
            let is_same = |url: &String| match package.registry_base_url.as_deref() {
                Some(base) => base == url,
                None => kind.is_usual_registry(url),
            };
            let from = named.map_or(unusual.is_none(), is_same) || kind.naming == Naming::Image;
            return from.then_some(word.as_str());
        }
        let (option, joined) = split(word);
        match (options.takes(option), joined) {
            (Some(Takes::Nothing), None) | (Some(Takes::Value), Some(_)) => {}
            (Some(takes), None) => {
                let (value, rest) = words.split_first()?;
                words = rest;
                if takes == Takes::Registry {
                    named = Some(value);
                }
            }
            _ => return None,
        }
    }
    None
}

#[derive(Debug)]
struct Walk<'a> {
    kind: &'a PackageType,
    options: Option<&'a Options>,
    package: &'a Package,
    launch: Launch,
    /// The argument whose option still needs a value.
    waits: Option<usize>,
    /// Whether the package itself was among the arguments, so that what follows is for it.
    passed: bool,
}

impl Walk<'_> {
    fn place(&mut self, argument: &Argument) -> Result<Place, Problem> {
        if self.passed {
            return Ok(Place { name: Spot::After, value: Spot::After });
        }
        let given = argument.input.given();
        match &argument.kind {
            ArgumentKind::Named { name } => {
                self.give_up();
                self.named(name, given, argument.input.is_required)
            }
            ArgumentKind::Positional { .. } => {
                Ok(Place { value: self.positional(given)?, ..Place::default() })
            }
        }
    }

    /// Leaves out an option that got no value: it would take the next word for one.
    fn give_up(&mut self) {
        if let Some(place) = self.waits.take().and_then(|at| self.launch.places.get_mut(at)) {
            place.name = Spot::Offered;
        }
    }

    fn named(&mut self, name: &str, given: Given<'_>, required: bool) -> Result<Place, Problem> {
        let (option, joined) = split(name);
        let nothing = matches!(given, Given::Nothing | Given::Text("true" | "false"));
        if self.is_usual(name) {
            let own = matches!(given, Given::Text(text) if self.is_own(text));
            self.passed = own;
            return if nothing || own { Ok(Place::default()) } else { Err(Problem::TakesPlace) };
        }
        let name = Spot::Before;
        match (self.takes(option), joined, given) {
            (Some(Takes::Nothing), _, Given::Text("false")) => Ok(Place::default()),
            (Some(Takes::Nothing), _, _) if nothing => Ok(Place { name, ..Place::default() }),
            (Some(Takes::Nothing), ..) => Err(Problem::TakesPlace),
            (Some(Takes::Value), Some(_), Given::Nothing) => Ok(Place { name, ..Place::default() }),
            (Some(Takes::Value), Some(_), _) => Err(Problem::TakesPlace),
            (Some(Takes::Value), None, Given::Nothing) => {
                self.waits = Some(self.launch.places.len());
                Ok(Place { name, ..Place::default() })
            }
            (Some(Takes::Value), None, _) => Ok(Place { name, value: Spot::Before }),
            (Some(Takes::Registry), joined, given) => {
                self.registry(joined, given).map(|()| Place::default())
            }
            (None, None, Given::Nothing) if !required => {
                Ok(Place { name: Spot::Offered, ..Place::default() })
            }
            (None, ..) => Err(Problem::UnknownOption),
        }
    }

    fn positional(&mut self, given: Given<'_>) -> Result<Spot, Problem> {
        let text = match given {
            Given::Nothing => return Ok(Spot::LeftOut),
            Given::Text(text) if text.starts_with('-') => {
                self.give_up();
                text
            }
            _ if self.waits.take().is_some() => return Ok(Spot::Before),
            Given::Text(text) => text,
            Given::User => return Err(Problem::TakesPlace),
        };
        if self.is_usual(text) {
            return Ok(Spot::LeftOut);
        }
        if self.is_own(text) {
            self.passed = true;
            return Ok(Spot::LeftOut);
        }
        if !text.starts_with('-') {
            return Err(Problem::TakesPlace);
        }
        let (option, joined) = split(text);
        match (self.takes(option), joined) {
            (Some(Takes::Nothing), None) | (Some(Takes::Value), Some(_)) => Ok(Spot::Before),
            (Some(Takes::Value), None) => {
                self.waits = Some(self.launch.places.len());
                Ok(Spot::Before)
            }
            (Some(Takes::Registry), joined) => {
                self.registry(joined, Given::Nothing).map(|()| Spot::LeftOut)
            }
            _ => Err(Problem::UnknownOption),
        }
    }

    fn takes(&self, option: &str) -> Option<Takes> {
        self.options?.takes(option)
    }

    /// Whether the usual line of a program that runs such packages has this word.
    fn is_usual(&self, word: &str) -> bool {
        self.kind.runners.iter().any(|runner| {
            let words = [runner.before, runner.synonyms, runner.after];
            runner.program == word || words.iter().any(|words| words.contains(&word))
        })
    }

    /// Whether the word is the package itself, in any spelling and of any version.
    fn is_own(&mut self, word: &str) -> bool {
        let Some(extras) = self.kind.names(&self.package.identifier, word) else { return false };
        extras.clone_into(&mut self.launch.extras);
        true
    }

    /// Accepts the registry that the command names anyway.
    fn registry(&self, joined: Option<&str>, given: Given<'_>) -> Result<(), Problem> {
        let url = match (joined, given) {
            (Some(url), Given::Nothing) | (None, Given::Text(url)) => url,
            _ => return Err(Problem::OtherRegistry),
        };
        let is_same = |base: &str| base.trim_end_matches('/') == url.trim_end_matches('/');
        let known = match self.package.registry_base_url.as_deref() {
            Some(base) => is_same(base),
            None => self.kind.is_usual_registry(url),
        };
        if known { Ok(()) } else { Err(Problem::OtherRegistry) }
    }
}

/// Splits an option and the value in the same word.
pub fn split(word: &str) -> (&str, Option<&str>) {
    let (option, joined) = word.split_once('=').map_or((word, None), |(o, v)| (o, Some(v)));
    let short = option.len() > 2 && option.is_char_boundary(2) && !option.starts_with("--");
    // `-eNAME=value` of a container.
    match option.get(..2) {
        Some(start)
            if short && ["-e", "-v", "-p", "-u", "-w", "-m", "-h", "-l"].contains(&start) =>
        {
            (start, word.get(2..))
        }
        _ => (option, joined),
    }
}

impl PackageType {
    /// Whether `url` is an address of the package registry that the programs use anyway.
    pub fn is_usual_registry(&self, url: &str) -> bool {
        /// The index of PyPI under the address that Python tools use; documents name it too.
        const PYPI_INDEX: &str = "https://pypi.org/simple";
        let url = url.trim_end_matches('/');
        let index = (self.name == "pypi").then_some(&PYPI_INDEX);
        self.base_urls.iter().chain(index).any(|usual| usual.eq_ignore_ascii_case(url))
    }

    /// The program that runs a package, and whether the author's `hint` names another one that is not
    /// known to run such packages.
    pub fn runner(&self, hint: Option<&str>) -> Option<(&'static Runner, bool)> {
        let named = hint.and_then(|hint| self.runners.iter().find(|it| it.program == hint));
        Some((named.or_else(|| self.runners.first())?, hint.is_some() && named.is_none()))
    }
}

#[cfg(test)]
mod tests;
