//! Labels exported by Audacity: start, end and title on a line, tabs between them.
//!
//! Source: Audacity manual, "Importing and Exporting Labels". Ends are not read: a chapter lasts until
//! the next one.

use super::{Fault, Read, all, lines, time, title};
use crate::model::chapter::Chapter;
use crate::show::source::{Located, Malformed, Span};

const EXPECTED: &str = "start and end in seconds and a title, with tabs between them";

pub(super) fn read(text: &str) -> Read {
    // A line that begins with a backslash gives the frequencies of the label before it.
    let labels = lines(text).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('\\'));
    all(labels.map(|(span, line)| label(span, line)))
}

fn label(span: Span, line: &str) -> Result<Located<Chapter>, Malformed> {
    let read = || {
        let mut columns = line.splitn(3, '\t');
        let (Some(start), Some(_), Some(label)) = (columns.next(), columns.next(), columns.next())
        else {
            return Err(Fault::new("the line does not have three columns", EXPECTED));
        };
        // Some versions write the decimal mark of the computer's language.
        let Ok(seconds) = start.trim().replace(',', ".").parse() else {
            let reason = format!("`{}` is not a time in seconds", super::excerpt(start));
            return Err(Fault::new(reason, EXPECTED));
        };
        let start = time::seconds(seconds)?;
        Ok(Chapter::new(start, title(label)?))
    };
    match read() {
        Ok(value) => Ok(Located { value, span }),
        Err(fault) => Err(fault.at(span)),
    }
}
