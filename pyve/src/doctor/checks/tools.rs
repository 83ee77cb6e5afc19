//! Whether the tool that made the environment may still be started.

use pyve_plugin_api::Status;

use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::process::check_tool;

/// A tool of pyve's own folder is refused where others could change it.
pub fn checks(context: &Context) -> Vec<Check> {
    let Some(record) = context.record() else { return Vec::new() };
    let refused = check_tool(&record.recorded.tool.path.path(), &context.session.caller).err();
    let told = refused.map(|failure| {
        let check = Check::failed("pyve.tool-refused", "Tool", &failure);
        Check { status: Status::WARNING, ..check }
    });
    told.into_iter().collect()
}
