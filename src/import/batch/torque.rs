//! The XML of TORQUE: `qstat -x`, `pbsnodes -x`.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::attributes::{Attributes, is_read};
use super::error::At;
use super::unique::Unique;
use super::{BatchError, Reading, pbs, pbs_node};
use crate::import::json::Source;
use crate::model::{BatchDump, BatchFormat};

/// Deepest nesting: `Data`, `Job`, `Resource_List`, an attribute, and what no version writes yet.
const DEEPEST: usize = 8;

/// Reads the dump.
///
/// # Errors
/// XML that is broken or that has a document type, whose entities nobody needs; elements that
/// are neither jobs nor nodes; the first value that is wrong.
pub(super) fn read(source: Source<'_>) -> Result<BatchDump, BatchError> {
    let elements = elements(source)?;
    let is_node = elements.first().is_some_and(|it| it.name == "Node");
    let format = if is_node { BatchFormat::TorqueNodes } else { BatchFormat::TorqueJobs };
    let mut dump = BatchDump::new(source.origin, format);
    let (mut jobs, mut nodes) = (Unique::default(), Unique::default());
    for (number, element) in elements.iter().enumerate() {
        let path = format!("Data.{}[{number}]", element.name);
        let at = At { origin: source.origin, path: &path };
        if element.name == "Node" {
            let name = element.attributes.required("name", at)?;
            nodes.once(source.origin, name, &path)?;
            dump.nodes.push(pbs_node::node(name, &element.attributes, at)?);
        } else {
            let id = element.attributes.required("Job_Id", at)?;
            jobs.once(source.origin, id, &path)?;
            // Times of TORQUE are seconds since the epoch.
            pbs::add_job(&mut dump, id, &element.attributes, (at, &Reading::default()))?;
        }
    }
    Ok(dump)
}

/// A job or a node.
struct Element {
    name: String,
    attributes: Attributes,
}

/// The elements below `Data`.
fn elements(source: Source<'_>) -> Result<Vec<Element>, BatchError> {
    let mut reader = Reader::from_str(source.text);
    let mut walk = Walk::default();
    loop {
        let offset = reader.buffer_position();
        let wrong =
            |what: String| BatchError::Xml { origin: source.origin.to_owned(), offset, what };
        match reader.read_event().map_err(|error| wrong(error.to_string()))? {
            Event::Start(tag) => {
                let name = std::str::from_utf8(tag.local_name().into_inner()).unwrap_or_default();
                walk.open(name).map_err(wrong)?;
            }
            Event::End(_) => walk.close(),
            Event::Text(text) => {
                let text = text.decode().map_err(|error| wrong(error.to_string()))?;
                walk.say(&text).map_err(wrong)?;
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|error| wrong(error.to_string()))?;
                walk.say(&text).map_err(wrong)?;
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| wrong(error.to_string()))?;
                let by_number = reference.resolve_char_ref();
                let by_number = by_number.map_err(|error| wrong(error.to_string()))?;
                let unknown = || wrong(format!("the entity &{name}; is not known"));
                let character = entity(&name).or(by_number).ok_or_else(unknown)?;
                walk.say(character.encode_utf8(&mut [0; 4])).map_err(wrong)?;
            }
            Event::DocType(_) => {
                return Err(wrong("a document type stands here, which no dump has".to_owned()));
            }
            Event::Empty(tag) => {
                let name = std::str::from_utf8(tag.local_name().into_inner()).unwrap_or_default();
                walk.open(name).map_err(wrong)?;
                walk.close();
            }
            Event::Eof => return walk.end().map_err(wrong),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

/// The entities that XML itself has.
fn entity(name: &str) -> Option<char> {
    let all = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
    all.into_iter().find(|(known, _)| *known == name).map(|(_, character)| character)
}

/// Where in the document we are, and what has been met.
#[derive(Default)]
struct Walk {
    open: Vec<String>,
    found: Vec<Element>,
    has_data: bool,
}

impl Walk {
    fn open(&mut self, name: &str) -> Result<(), String> {
        match self.open.len() {
            0 if name != "Data" || self.has_data => {
                return Err(format!("<{name}> stands where one <Data> should"));
            }
            0 => self.has_data = true,
            1 if name != "Job" && name != "Node" => {
                return Err(format!("<{name}> is neither a <Job> nor a <Node>"));
            }
            1 => {
                let attributes = Attributes::default();
                self.found.push(Element { name: name.to_owned(), attributes });
            }
            DEEPEST.. => return Err(format!("elements nest deeper than {DEEPEST}")),
            _ => {}
        }
        self.open.push(name.to_owned());
        Ok(())
    }

    fn close(&mut self) {
        self.open.pop();
    }

    fn say(&mut self, text: &str) -> Result<(), String> {
        if self.open.len() < 3 {
            return match text.trim() {
                "" => Ok(()),
                text => Err(format!("{:?} stands outside an attribute", brief(text))),
            };
        }
        let key = self.open[2..].join(".");
        if let Some(element) = self.found.last_mut().filter(|_| is_read(&key) || key == "name") {
            element.attributes.0.entry(key).or_default().push_str(text);
        }
        Ok(())
    }

    fn end(self) -> Result<Vec<Element>, String> {
        match self.open.last() {
            Some(name) => Err(format!("<{name}> is not closed: the dump was cut off")),
            None if !self.has_data => Err("no <Data> element".to_owned()),
            None => Ok(self.found),
        }
    }
}

fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}
