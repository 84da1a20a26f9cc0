//! The steps as a list of commands, to be read and pasted.

use crate::model::DrainStep;
use crate::render::measure;
use crate::render::text::escaped;

/// The steps in their order, as lines of a shell: what a step does is a remark before it, and a step
/// with a guard only runs where the guard holds, else it says that the node was skipped.
#[must_use]
pub fn drain_commands(steps: &[DrainStep]) -> String {
    let mut text = String::from(
        "# Printed, never run. Times are expected ones: a node is next when one before it is back.\n",
    );
    for (place, step) in steps.iter().enumerate() {
        let at =
            step.at_s.map_or(String::new(), |it| format!("after {}: ", measure::time(it * 1000.0)));
        let node =
            step.node.as_ref().map_or(String::new(), |it| format!("{}: ", escaped(it.as_str())));
        text += &format!("\n# {}. {at}{node}{}\n", place + 1, escaped(&step.text));
        text += &line(step);
    }
    text
}

fn line(step: &DrainStep) -> String {
    let skip = step.node.as_ref().map_or(String::new(), |node| {
        format!("echo {} >&2", crate::model::shell_word(format!("{node} still has jobs: skipped")))
    });
    match (&step.guard, &step.command) {
        (Some(guard), Some(command)) => format!("if {guard}; then {command}; else {skip}; fi\n"),
        (Some(guard), None) => format!("{guard} || {skip}\n"),
        (None, Some(command)) => format!("{command}\n"),
        (None, None) => String::new(),
    }
}
