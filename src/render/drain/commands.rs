//! The steps as a list of commands, to be read and pasted.

use super::{obstacle, reason};
use crate::model::{BatchDrain, DrainStep, shell_word};
use crate::render::measure;
use crate::render::text::escaped;

/// The steps in their order, as lines of a shell: what a step does is a remark before it. Steps with a
/// guard run only where the guard holds, those of one node together; else they say that it was
/// skipped. What keeps the plan from being carried out stands first.
#[must_use]
pub fn drain_commands(plan: &BatchDrain, steps: &[DrainStep]) -> String {
    let mut text = String::from(
        "# Printed, never run. Times are expected ones: a node is next when one before it is back.\n",
    );
    for obstacle in plan.obstacles.iter().map(obstacle) {
        text += &format!("# The plan does not hold: {obstacle}.\n");
    }
    for it in &plan.unplanned {
        text += &format!("# No turn for {}: {}.\n", escaped(it.node.as_str()), reason(&it.why));
    }
    let same = |a: &DrainStep, b: &DrainStep| a.guard.is_some() && a.guard == b.guard;
    for group in steps.chunk_by(same) {
        text += "\n";
        for step in group {
            text += &remark(step);
        }
        text += &lines(group);
    }
    text
}

fn remark(step: &DrainStep) -> String {
    let at = step.at_s.map_or(String::new(), |it| match it {
        now if now < 0.5 => "now: ".to_owned(),
        later => format!("after {}: ", measure::time(later * 1000.0)),
    });
    let node = step.node.as_ref().map_or(String::new(), |it| format!("{}: ", escaped(it.as_str())));
    format!("# {at}{node}{}\n", escaped(&step.text))
}

/// The commands of steps under one guard, or of one step.
fn lines(steps: &[DrainStep]) -> String {
    let commands: Vec<&str> = steps.iter().filter_map(|it| it.command.as_deref()).collect();
    let Some((guard, node)) = steps.first().and_then(|it| it.guard.as_ref().zip(it.node.as_ref()))
    else {
        return commands.iter().flat_map(|it| [*it, "\n"]).collect();
    };
    let skip = format!("echo {} >&2", shell_word(format!("{node} still has jobs: skipped")));
    if commands.is_empty() {
        return format!("{guard} || {skip}\n");
    }
    format!("if {guard}; then\n  {}\nelse {skip}; fi\n", commands.join(" &&\n  "))
}
