//! `migrate`.

mod advice;
mod band;
mod batch;
mod dirty;
mod fleet;
mod policies;
mod route;
mod solve;
mod sweep;
mod together;
mod vm;

use anyhow::bail;

use super::args::{Common, Migrate, MigrateFormat};
use super::output::{self, Outcome};
use dirty::Measured;

use crate::import::{self, Specifications};
use crate::migration::{self, Ends};
use crate::model::{NodeName, Specification};
use crate::{render, store};

/// One migration, with what was found out about it before.
struct Case {
    spec: Specification,
    /// The network that carries it, where one is known.
    network: Option<String>,
    /// What was taken for granted to get there.
    notes: Vec<String>,
    /// What measurements tell of the VM, where they describe it.
    measured: Option<Measured>,
}

impl Case {
    /// A migration of which nothing was found out.
    fn of(spec: Specification) -> Self {
        Self { spec, network: None, notes: Vec::new(), measured: None }
    }

    /// What was taken for granted to get there, and how well measurements are met.
    fn granted(&self) -> Vec<String> {
        let measured = self.measured.iter();
        let fitted = measured.flat_map(|it| {
            std::iter::once(render::fit_line(&it.fit)).chain(it.notes.iter().cloned())
        });
        self.notes.iter().cloned().chain(fitted).collect()
    }
}

pub(super) fn run(common: &Common, arguments: &Migrate) -> anyhow::Result<Outcome> {
    let Some(path) = &arguments.spec else {
        let (spec, measured) = dirty::specification(&arguments.vm)?;
        let case = if arguments.compare_networks || arguments.copies.count.is_some() {
            Case::of(spec)
        } else {
            route::case(common, arguments, spec)?
        };
        return one(common, arguments, Case { measured, ..case });
    };
    match import::read_specifications(path)? {
        Specifications::One(spec) => one(common, arguments, Case::of(*spec)),
        Specifications::Many(specs) => {
            if let Some(option) = arguments.question() {
                bail!("{option} takes one migration, not an array of them");
            }
            batch::run(&specs, format(arguments), output::page(common.color))
        }
    }
}

/// People get a table, programs that hand a specification over get JSON.
fn format(arguments: &Migrate) -> MigrateFormat {
    let default = if arguments.spec.is_some() { MigrateFormat::Json } else { MigrateFormat::Table };
    arguments.format.unwrap_or(default)
}

/// What is asked about one migration: each further question is one line here.
fn one(common: &Common, arguments: &Migrate, case: Case) -> anyhow::Result<Outcome> {
    if arguments.compare_networks {
        return route::compare(common, arguments, &case);
    }
    if arguments.compare_policies {
        return policies::run(common, arguments, &case);
    }
    if let Some(goal) = arguments.solve {
        return solve::run(common, arguments, (&case, goal));
    }
    if let Some(range) = arguments.sweep {
        return sweep::run(common, arguments, (&case, range));
    }
    if arguments.doubt.uncertainty.is_some() {
        return band::run(common, arguments, case);
    }
    if let Some(count) = arguments.copies.count {
        return together::run(common, arguments, case, count);
    }
    forecast(common, arguments, case)
}

fn forecast(common: &Common, arguments: &Migrate, case: Case) -> anyhow::Result<Outcome> {
    let mut forecast =
        migration::forecast(&case.spec).map_err(|it| vm::by_option(arguments, it))?;
    forecast.assumptions.splice(0..0, case.notes);
    let fit = case.measured.map(|it| {
        forecast.assumptions.extend(it.notes);
        it.fit
    });
    if let Some(path) = &arguments.plot {
        store::write_atomic(path, render::plot(&case.spec, &forecast)?.as_bytes())?;
    }
    let advice = advice::of(arguments, &case.spec, &forecast)?;
    let wording = advice::wording(arguments);
    output::print(&match format(arguments) {
        MigrateFormat::Json => {
            let mut view = render::fitted(&forecast, fit.as_ref());
            view.forecast.changes = render::changes(&case.spec, &advice, wording);
            render::json(&view)?
        }
        MigrateFormat::Table => {
            let outlook = render::Outlook {
                terms: migration::terms(&case.spec).map_err(|it| vm::by_option(arguments, it))?,
                changes: render::change_lines(&case.spec, &advice, wording),
                network: case.network,
                spec: &case.spec,
                forecast: &forecast,
            };
            let page = output::page(common.color);
            let table = |fit| render::fit_table(fit, case.spec.page_bytes, page);
            outlook.tell(page) + &fit.as_ref().map_or_else(String::new, table)
        }
    })?;
    Ok(outcome(forecast.outcome.is_moved()))
}

fn outcome(holds: bool) -> Outcome {
    if holds { Outcome::Done } else { Outcome::Found }
}

/// The pair of nodes that is asked about.
fn ends(arguments: &Migrate) -> Option<Ends> {
    let route = &arguments.route;
    let (from, to) = (route.from_node.as_deref()?, route.to_node.as_deref()?);
    Some(Ends { from: NodeName::new(from), to: NodeName::new(to) })
}
