//! The shapes of `server.json` as the official API's typed input knows them.
//!
//! One table serves two readers: the input rules, which refuse what does not fit, and the
//! normaliser, which drops what those structs drop. JSON Schema is not asked here; it is looser in
//! some places and older in others.

use crate::model::PUBLISHER_KEY;

/// One object of the document.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it is called in messages, with its article.
    pub(super) name: &'static str,
    /// Every property it may have.
    pub(super) fields: &'static [Field],
}

impl Shape {
    /// Whether it describes a value that users write: a variable, a header or an argument.
    pub(super) fn is_input(&self) -> bool {
        self.has("isRequired")
    }

    /// Whether it has the property `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }
}

/// One property.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: FieldType,
    /// Must be there; such a property is also never dropped when it is empty.
    pub(super) required: bool,
}

/// What a property holds.
#[derive(Debug)]
pub(super) enum FieldType {
    Text(TextLimits),
    Flag,
    Object(&'static Shape),
    List(&'static FieldType),
    /// Any keys, each with an object of this shape.
    Map(&'static Shape),
    /// An object with anything inside.
    Free,
}

/// Limits of a text.
#[derive(Debug)]
pub(super) struct TextLimits {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) form: TextForm,
}

/// What a text must look like.
#[derive(Debug)]
pub(super) enum TextForm {
    Any,
    /// Go parses it as a URL.
    Url,
    /// The loose name pattern of the schema.
    Name,
    Sha256,
    IconSize,
    OneOf(&'static [&'static str]),
}

const fn text(min: usize, max: usize, form: TextForm) -> FieldType {
    FieldType::Text(TextLimits { min, max, form })
}

const fn field(name: &'static str, kind: FieldType) -> Field {
    Field { name, kind, required: false }
}

const fn required(name: &'static str, kind: FieldType) -> Field {
    Field { name, kind, required: true }
}

const NO_LIMIT: usize = usize::MAX;
const ANY: FieldType = text(0, NO_LIMIT, TextForm::Any);
const NOT_EMPTY: FieldType = text(1, NO_LIMIT, TextForm::Any);
const URL: FieldType = text(0, NO_LIMIT, TextForm::Url);

/// The whole document.
pub(super) static SERVER: Shape = Shape {
    name: "a server",
    fields: &[
        required("$schema", text(1, NO_LIMIT, TextForm::Url)),
        required("name", text(3, 200, TextForm::Name)),
        required("description", text(1, 100, TextForm::Any)),
        field("title", text(1, 100, TextForm::Any)),
        field("repository", FieldType::Object(&REPOSITORY)),
        required("version", ANY),
        field("websiteUrl", URL),
        field("icons", FieldType::List(&FieldType::Object(&ICON))),
        field("packages", FieldType::List(&FieldType::Object(&PACKAGE))),
        field("remotes", FieldType::List(&FieldType::Object(&TRANSPORT))),
        field("_meta", FieldType::Object(&META)),
    ],
};

static META: Shape = Shape { name: "_meta", fields: &[field(PUBLISHER_KEY, FieldType::Free)] };

static REPOSITORY: Shape = Shape {
    name: "a repository",
    fields: &[field("url", URL), field("source", ANY), field("id", ANY), field("subfolder", ANY)],
};

static ICON: Shape = Shape {
    name: "an icon",
    fields: &[
        required("src", text(0, 255, TextForm::Url)),
        field("mimeType", text(0, NO_LIMIT, TextForm::OneOf(MIME_TYPES))),
        field("sizes", FieldType::List(&text(0, NO_LIMIT, TextForm::IconSize))),
        field("theme", text(0, NO_LIMIT, TextForm::OneOf(&["light", "dark"]))),
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
        field("fileSha256", text(0, NO_LIMIT, TextForm::Sha256)),
        field("runtimeHint", ANY),
        required("transport", FieldType::Object(&TRANSPORT)),
        field("runtimeArguments", FieldType::List(&FieldType::Object(&ARGUMENT))),
        field("packageArguments", FieldType::List(&FieldType::Object(&ARGUMENT))),
        field("environmentVariables", FieldType::List(&FieldType::Object(&KEY_VALUE))),
    ],
};

static TRANSPORT: Shape = Shape {
    name: "a transport",
    fields: &[
        required("type", ANY),
        field("url", ANY),
        field("headers", FieldType::List(&FieldType::Object(&KEY_VALUE))),
        field("variables", FieldType::Map(&INPUT)),
    ],
};

/// The properties that every input shares, followed by its own.
macro_rules! inputs {
    ($($own:expr),*) => {
        &[
            field("description", ANY),
            field("isRequired", FieldType::Flag),
            field("format", text(0, NO_LIMIT, TextForm::OneOf(FORMATS))),
            field("value", ANY),
            field("isSecret", FieldType::Flag),
            field("default", ANY),
            field("placeholder", ANY),
            field("choices", FieldType::List(&ANY)),
            $($own),*
        ]
    };
}

const FORMATS: &[&str] = &["string", "number", "boolean", "filepath"];

static INPUT: Shape = Shape { name: "a variable", fields: inputs![] };

static KEY_VALUE: Shape = Shape {
    name: "a header or environment variable",
    fields: inputs![field("variables", FieldType::Map(&INPUT)), required("name", ANY)],
};

static ARGUMENT: Shape = Shape {
    name: "an argument",
    fields: inputs![
        field("variables", FieldType::Map(&INPUT)),
        required("type", ANY),
        field("name", ANY),
        field("valueHint", ANY),
        field("isRepeated", FieldType::Flag)
    ],
};
