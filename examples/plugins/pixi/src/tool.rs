//! Where pixi is.

use pyve_plugin_api::{Command, ErrorKind, Host, Recipe, Request, Result, Tool, ToolAnswer};

/// Looks in the project's sandbox, the user's, pixi's own home, and PATH.
pub fn find(request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
    let file = format!("pixi{}", std::env::consts::EXE_SUFFIX);
    let own = host.variable("PIXI_HOME").map(|home| std::path::PathBuf::from(home).join("bin").join(&file));
    let project = (request.in_project(".pyve/bin").join(&file), "project");
    let user = request.home().map(|home| (home.join("bin").join(&file), "user"));
    let sandboxes = std::iter::once(project).chain(user);
    let others = own.into_iter().map(|path| (path, "PIXI_HOME"));
    let on_path = host.find_program("pixi").into_iter().map(|path| (path, "PATH"));
    let mut answer = ToolAnswer::missing("pixi is not installed").required_by("pixi.toml");
    for (path, origin) in sandboxes.chain(others).chain(on_path).filter(|(path, _)| path.is_file()) {
        let output = match host.capture(&Command::new(&path).arg("--version")) {
            Ok(output) => output,
            // What came with the project is not started; the next one may be.
            Err(error) if error.is(ErrorKind::REFUSED) => {
                answer = answer.seen(&format!("{} {}", path.display(), error.message));
                continue;
            }
            Err(error) => return Err(error),
        };
        // `pixi 0.50.2`
        match output.text().split_whitespace().nth(1).filter(|_| output.success()) {
            Some(version) => return Ok(ToolAnswer::found(Tool::new(path, version, origin))),
            None => answer = answer.seen(&format!("{} does not say its version", path.display())),
        }
    }
    let page = "https://pixi.sh/latest/installation";
    Ok(answer.hint(format!("install pixi and try again: {page}")).recipe(Recipe::manual(
        "manual",
        "Install manually",
        page,
    )))
}
