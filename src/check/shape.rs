//! The shapes of `server.json` as the official API's typed input knows them.
//!
//! One table serves two readers: the input rules, which refuse what does not fit, and the
//! normaliser, which drops what those structs drop. JSON Schema is not asked here; it is looser in
//! some places and older in others.

/// One object of the document.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it is called in messages, with its article.
    pub(super) name: &'static str,
    /// Every property it may have.
    pub(super) fields: &'static [Field],
}

/// One property.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Must be there; such a property is also never dropped when it is empty.
    pub(super) required: bool,
}

/// What a property holds.
#[derive(Debug)]
pub(super) enum Kind {
    Text(Text),
    Flag,
    Object(&'static Shape),
    List(&'static Kind),
    /// Any keys, each with an object of this shape.
    Map(&'static Shape),
    /// An object with anything inside.
    Free,
}

/// Limits of a text.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) form: Form,
}

/// What a text must look like.
#[derive(Debug)]
pub(super) enum Form {
    Any,
    /// Go parses it as a URL.
    Url,
    /// The loose name pattern of the schema.
    Name,
    Sha256,
    IconSize,
    OneOf(&'static [&'static str]),
}

const fn text(min: usize, max: usize, form: Form) -> Kind {
    Kind::Text(Text { min, max, form })
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const NO_LIMIT: usize = usize::MAX;
const ANY: Kind = text(0, NO_LIMIT, Form::Any);
const NOT_EMPTY: Kind = text(1, NO_LIMIT, Form::Any);
const URL: Kind = text(0, NO_LIMIT, Form::Url);

/// The key of publisher-provided metadata inside `_meta`.
pub(super) const PUBLISHER: &str = "io.modelcontextprotocol.registry/publisher-provided";

/// The whole document.
pub(super) static SERVER: Shape = Shape {
    name: "a server",
    fields: &[
        required("$schema", text(1, NO_LIMIT, Form::Url)),
        required("name", text(3, 200, Form::Name)),
        required("description", text(1, 100, Form::Any)),
        field("title", text(1, 100, Form::Any)),
        field("repository", Kind::Object(&REPOSITORY)),
        required("version", ANY),
        field("websiteUrl", URL),
        field("icons", Kind::List(&Kind::Object(&ICON))),
        field("packages", Kind::List(&Kind::Object(&PACKAGE))),
        field("remotes", Kind::List(&Kind::Object(&TRANSPORT))),
        field("_meta", Kind::Object(&META)),
    ],
};

static META: Shape = Shape { name: "_meta", fields: &[field(PUBLISHER, Kind::Free)] };

static REPOSITORY: Shape = Shape {
    name: "a repository",
    fields: &[field("url", URL), field("source", ANY), field("id", ANY), field("subfolder", ANY)],
};

static ICON: Shape = Shape {
    name: "an icon",
    fields: &[
        required("src", text(0, 255, Form::Url)),
        field("mimeType", text(0, NO_LIMIT, Form::OneOf(MIME_TYPES))),
        field("sizes", Kind::List(&text(0, NO_LIMIT, Form::IconSize))),
        field("theme", text(0, NO_LIMIT, Form::OneOf(&["light", "dark"]))),
    ],
};

const MIME_TYPES: &[&str] =
    &["image/png", "image/jpeg", "image/jpg", "image/svg+xml", "image/webp"];

static PACKAGE: Shape = Shape {
    name: "a package",
    fields: &[
        required("registryType", NOT_EMPTY),
        field("registryBaseUrl", URL),
        required("identifier", NOT_EMPTY),
        field("version", NOT_EMPTY),
        field("fileSha256", text(0, NO_LIMIT, Form::Sha256)),
        field("runtimeHint", ANY),
        required("transport", Kind::Object(&TRANSPORT)),
        field("runtimeArguments", Kind::List(&Kind::Object(&ARGUMENT))),
        field("packageArguments", Kind::List(&Kind::Object(&ARGUMENT))),
        field("environmentVariables", Kind::List(&Kind::Object(&KEY_VALUE))),
    ],
};

static TRANSPORT: Shape = Shape {
    name: "a transport",
    fields: &[
        required("type", ANY),
        field("url", ANY),
        field("headers", Kind::List(&Kind::Object(&KEY_VALUE))),
        field("variables", Kind::Map(&INPUT)),
    ],
};

/// The properties that every input shares, followed by its own.
macro_rules! inputs {
    ($($own:expr),*) => {
        &[
            field("description", ANY),
            field("isRequired", Kind::Flag),
            field("format", text(0, NO_LIMIT, Form::OneOf(FORMATS))),
            field("value", ANY),
            field("isSecret", Kind::Flag),
            field("default", ANY),
            field("placeholder", ANY),
            field("choices", Kind::List(&ANY)),
            $($own),*
        ]
    };
}

const FORMATS: &[&str] = &["string", "number", "boolean", "filepath"];

static INPUT: Shape = Shape { name: "a variable", fields: inputs![] };

static KEY_VALUE: Shape = Shape {
    name: "a header or environment variable",
    fields: inputs![field("variables", Kind::Map(&INPUT)), required("name", ANY)],
};

static ARGUMENT: Shape = Shape {
    name: "an argument",
    fields: inputs![
        field("variables", Kind::Map(&INPUT)),
        required("type", ANY),
        field("name", ANY),
        field("valueHint", ANY),
        field("isRepeated", Kind::Flag)
    ],
};
