//! Where events are shown: lines of text or JSON, or a screen.

use std::collections::VecDeque;
use std::io::{self, IsTerminal};

use super::super::args::{Color, WatchFormat};
use super::super::output;
use super::terminal::Terminal;
use crate::render::{self, Page, ScreenView};
use crate::watch::{Event, Watch};

/// How many events a screen remembers, and leaves behind when it goes.
const REMEMBERED: usize = 200;

/// Where events are shown.
#[derive(Debug)]
pub(super) struct Sink {
    form: Form,
    page: Page,
}

#[derive(Debug)]
enum Form {
    Text,
    Json,
    Screen { terminal: Terminal, title: String, latest: VecDeque<String> },
}

impl Sink {
    /// `title` stands above a screen.
    pub(super) fn open(
        format: Option<WatchFormat>,
        colour: Color,
        title: String,
    ) -> io::Result<Self> {
        let terminal = io::stdout().is_terminal();
        let form = match format {
            Some(WatchFormat::Json) => Form::Json,
            Some(WatchFormat::Screen) | None if terminal => {
                Form::Screen { terminal: Terminal::enter()?, title, latest: VecDeque::new() }
            }
            _ => Form::Text,
        };
        Ok(Self { form, page: output::page(colour) })
    }

    pub(super) fn is_screen(&self) -> bool {
        matches!(self.form, Form::Screen { .. })
    }

    /// Shows events that happened at `at`.
    pub(super) fn tell(&mut self, at: &str, events: &[Event]) -> anyhow::Result<()> {
        let mut text = String::new();
        for event in events {
            match &mut self.form {
                Form::Json => text += &render::event_json(at, event)?,
                Form::Text => text += &(render::event_line(at, event, lines_of(self.page)) + "\n"),
                Form::Screen { latest, .. } => {
                    remember(latest, render::event_line(at, event, self.page));
                }
            }
        }
        if !text.is_empty() {
            output::print(&text)?;
        }
        Ok(())
    }

    /// Draws the screen anew, where there is one.
    pub(super) fn draw(&mut self, watch: &Watch) -> anyhow::Result<()> {
        let Form::Screen { title, latest, .. } = &mut self.form else {
            return Ok(());
        };
        let Some(plan) = watch.plan() else { return Ok(()) };
        let show = render::show(&plan.layout, &plan.assignment, watch.policy());
        let (rows, columns) = Terminal::size();
        let page = Page { width: Some(columns), ..self.page };
        let view = ScreenView { show: &show, title, events: latest.make_contiguous(), rows };
        Ok(Terminal::draw(&render::screen(&view, page))?)
    }

    /// Tells the administrator something that is no event: on standard error, or on the screen.
    pub(super) fn note(&mut self, at: &str, text: &str) {
        match &mut self.form {
            Form::Screen { latest, .. } => {
                remember(latest, format!("{at}  {}", render::escaped(text)));
            }
            _ => output::note(&render::escaped(text)),
        }
    }

    /// Gives the terminal back, with the events that the screen showed.
    pub(super) fn close(self) -> anyhow::Result<()> {
        if let Form::Screen { terminal, latest, .. } = self.form {
            drop(terminal);
            let text: String = latest.into_iter().map(|line| line + "\n").collect();
            output::print(&text)?;
        }
        Ok(())
    }
}

/// Lines are not wrapped, since programs read them too.
fn lines_of(page: Page) -> Page {
    Page { width: None, ..page }
}

fn remember(latest: &mut VecDeque<String>, line: String) {
    latest.push_back(line);
    if latest.len() > REMEMBERED {
        latest.pop_front();
    }
}
