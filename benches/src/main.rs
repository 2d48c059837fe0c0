//! gatewright-bench: measures each promise beside its limit, in one run, and writes `docs/benchmarks.md`.
//!
//! Every figure is the median of several rounds, with ours and the limit's in turn, so that a machine whose speed
//! drifts disturbs the ratio little.

mod decision;
mod diff;
mod figure;
mod id_token;
mod measure;
mod peer;
mod platform;
mod processes;
mod reader;
mod saml;
mod start;
mod verify;

use std::process::ExitCode;

use figure::Figure;

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("peer") {
        return peer::serve().await.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    match measure_all().await.and_then(|figures| write(&figures)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("bench: a promise is broken");
            ExitCode::FAILURE
        }
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn measure_all() -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    let mut take = |figure: Figure| {
        eprintln!("{figure}");
        figures.push(figure);
    };
    take(decision::figure().ok_or("the decision's organisation is not well-formed")?);
    take(decision::class().ok_or("the programs of the decision are not well-formed")?);
    take(start::figure()?);
    take(reader::figure().ok_or("the reader refuses its own text")?);
    for figure in diff::figures()? {
        take(figure);
    }
    take(id_token::figure()?);
    for figure in saml::figures()? {
        take(figure);
    }
    for figure in verify::figures().await? {
        take(figure);
    }
    Ok(figures)
}

/// Writes the page; `false` where a promise is broken.
fn write(figures: &[Figure]) -> Result<bool, String> {
    let path = gatewright_tests::root().join("docs/benchmarks.md");
    std::fs::write(&path, figure::page(figures)).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(figures.iter().all(|figure| figure.kept))
}
