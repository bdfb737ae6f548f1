//! What one scalar means: YAML 1.2.2, section 10.3.2 (the core schema's tag resolution).

use serde_yaml::Value;

/// A scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// Its text, without quotes, escapes read and lines folded.
    pub text: String,
    /// Where `text` starts in the file, if it stands there letter for letter.
    pub verbatim: Option<u32>,
    /// How it is written.
    pub style: Style,
    /// The tag of the core schema in front of it.
    pub tag: Option<CoreTag>,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// Behind `|` or `>`.
    Block,
}

/// A tag of the core schema, or `!!timestamp` of YAML 1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoreTag {
    /// `!!str`, or `!` alone.
    Str,
    /// `!!int`
    Int,
    /// `!!float`
    Float,
    /// `!!bool`
    Bool,
    /// `!!null`
    Null,
    /// `!!timestamp`, which without an offset is in UTC.
    Timestamp,
}

impl CoreTag {
    /// The tag of this name behind `!!`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "str" => Self::Str,
            "int" => Self::Int,
            "float" => Self::Float,
            "bool" => Self::Bool,
            "null" => Self::Null,
            "timestamp" => Self::Timestamp,
            _ => return None,
        })
    }

    /// What a value must be that has this tag.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Str => "a text",
            Self::Int => "a whole number",
            Self::Float => "a number",
            Self::Bool => "`true` or `false`",
            Self::Null => "`null`",
            Self::Timestamp => "a point in time",
        }
    }

    /// Whether a text is what the tag says.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Str | Self::Timestamp => true,
            Self::Int => integer(&text.replace('_', "")).is_some(),
            Self::Float => float(text).is_some() || integer(text).is_some(),
            Self::Bool => truth(text).is_some() || is_old_truth(text),
            Self::Null => text.is_empty() || is_null(text),
        }
    }
}

impl Scalar {
    /// Whether it says that there is no value.
    pub fn is_null(&self) -> bool {
        match (self.tag, self.style) {
            (Some(tag), _) => tag == CoreTag::Null,
            (None, Style::Plain) => self.text.is_empty() || is_null(&self.text),
            (None, _) => false,
        }
    }

    /// The value as the YAML library has it.
    pub fn value(&self) -> Value {
        let text = self.text.as_str();
        let string = || Value::String(self.text.clone());
        match (self.tag, self.style) {
            (Some(CoreTag::Null), _) => Value::Null,
            (Some(CoreTag::Int), _) => integer(text).unwrap_or_else(string),
            (Some(CoreTag::Float), _) => float(text).map_or_else(string, Value::from),
            (Some(CoreTag::Bool), _) => truth(text).map_or_else(string, Value::Bool),
            (Some(CoreTag::Str | CoreTag::Timestamp), _) => string(),
            (None, Style::Plain) if self.is_null() => Value::Null,
            (None, Style::Plain) => truth(text)
                .map(Value::Bool)
                .or_else(|| integer(text))
                .or_else(|| float(text).map(Value::from))
                .unwrap_or_else(string),
            (None, _) => string(),
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "null" | "Null" | "NULL" | "~")
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// YAML 1.1's further words for true and false.
fn is_old_truth(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str())
}

/// A whole number, also as `0x…`, `0o…` or `0b…`; digits behind a leading zero are a text.
fn integer(text: &str) -> Option<Value> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ if digits.len() > 1 && digits.starts_with('0') => return None,
        _ => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let number = format!("{sign}{digits}");
    if let Ok(number) = u64::from_str_radix(&number, radix) {
        return Some(Value::from(number));
    }
    i64::from_str_radix(&number, radix).ok().map(Value::from)
}

fn float(text: &str) -> Option<f64> {
    let bare = text.strip_prefix(['-', '+']).unwrap_or(text);
    if bare.len() > 1 && bare.starts_with('0') && bare.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text {
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        "-.inf" | "-.Inf" | "-.INF" => return Some(f64::NEG_INFINITY),
        _ if matches!(text.strip_prefix('+').unwrap_or(text), ".inf" | ".Inf" | ".INF") => {
            return Some(f64::INFINITY);
        }
        _ => {}
    }
    // Rust reads `inf` and `nan`, which YAML does not.
    let first = bare.chars().next()?;
    (first.is_ascii_digit() || first == '.')
        .then(|| text.strip_prefix('+').unwrap_or(text).parse::<f64>().ok())
        .flatten()
        .filter(|number| number.is_finite())
}
