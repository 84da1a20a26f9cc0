//! Reading again what no notification told.

use std::path::Path;

use crate::model::{Fact, Interface};

use super::super::error::{Dump, DumpError};
use super::super::link::decode_links;
use super::super::record::{ask_either, dump_speeds, ethtool_family, keep, routes_of, speed_of};
use super::super::recording::{Datagram, NetlinkDumps};
use super::super::request::{self, Family};
use super::super::socket::is_disturbed;
use super::super::sysfs::{Speeds, read_files};
use super::LiveError;
use super::held::Held;
use super::stale::Stale;

/// How many interfaces are asked for their speed one by one; more are asked for all at once.
const MOST_ONE_BY_ONE: usize = 16;

/// Reads dumps into `held`. What was disturbed to the last try stays stale.
pub(super) async fn read_dumps(held: &mut Held, stale: &Stale) -> Result<(), LiveError> {
    if stale.links {
        let answer = ask_either(&request::links()).await.map_err(failed(Dump::Link))?;
        let mut gaps = Vec::new();
        let datagrams = keep(answer, Fact::Link, &mut gaps);
        held.stale.links |= gaps.iter().any(is_disturbed);
        put(held, (Dump::Link, Fact::Link), &datagrams, gaps)?;
    }
    if stale.addresses {
        let answer = ask_either(&request::addresses()).await.map_err(failed(Dump::Addr))?;
        let mut gaps = Vec::new();
        let datagrams = keep(answer, Fact::Addresses, &mut gaps);
        held.stale.addresses |= gaps.iter().any(is_disturbed);
        put(held, (Dump::Addr, Fact::Addresses), &datagrams, gaps)?;
    }
    if stale.routes4 {
        held.stale.routes4 |= read_routes(held, Family::V4).await?;
    }
    if stale.routes6 {
        held.stale.routes6 |= read_routes(held, Family::V6).await?;
    }
    Ok(())
}

/// Whether the answer was disturbed.
async fn read_routes(held: &mut Held, family: Family) -> Result<bool, LiveError> {
    let (dump, fact) = match family {
        Family::V4 => (Dump::Route4, Fact::Routes4),
        Family::V6 => (Dump::Route6, Fact::Routes6),
    };
    let tables: Vec<u32> = held.tables().into_iter().collect();
    let mut gaps = Vec::new();
    let datagrams = routes_of(family, &tables, fact, &mut gaps).await.map_err(failed(dump))?;
    let disturbed = gaps.iter().any(is_disturbed);
    put(held, (dump, fact), &datagrams, gaps)?;
    Ok(disturbed)
}

fn put(
    held: &mut Held,
    (dump, fact): (Dump, Fact),
    answer: &[Datagram],
    gaps: Vec<crate::model::Gap>,
) -> Result<(), LiveError> {
    held.replace_gaps(fact, gaps);
    held.replace(dump, answer).map_err(LiveError::Decode)
}

fn failed(dump: Dump) -> impl Fn(DumpError) -> LiveError {
    move |source| LiveError::Dump { dump, source }
}

/// Reads speeds and files of the interfaces that are stale, or of all.
pub(super) async fn read_facts(held: &mut Held) -> Result<(), LiveError> {
    let stale = std::mem::take(&mut held.stale.facts);
    let all = std::mem::take(&mut held.stale.all_facts);
    let (indices, links) = held.with_uppers(&stale);
    if all || indices.len() > MOST_ONE_BY_ONE {
        read_all_speeds(held).await?;
    } else if held.has_speeds()
        && let Some(family) = ethtool_family().await
    {
        for index in &indices {
            held.replace_speed(*index, speed_of(family, *index).await.as_ref());
        }
    }
    let links = if all { held.all_links() } else { links };
    let links = decode_links(&links).map_err(LiveError::Decode)?;
    let interfaces: Vec<Interface> = links.into_iter().map(|link| link.interface).collect();
    let speeds = if held.has_speeds() { Speeds::FromNetlink } else { Speeds::FromFiles };
    held.add_files(read_files(Path::new(""), &interfaces, speeds));
    Ok(())
}

async fn read_all_speeds(held: &mut Held) -> Result<(), LiveError> {
    let (mut netlink, mut gaps) = (NetlinkDumps::default(), Vec::new());
    dump_speeds(&mut netlink, &mut gaps).await;
    put(held, (Dump::Speed, Fact::Speed), &netlink.speed, gaps)
}
