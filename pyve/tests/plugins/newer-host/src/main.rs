//! A pyve of the next minor version, as far as it opens plugins: the very code of pyve, built with the newer API.

#[path = "../../../../../../pyve/src/plugins/load/layout.rs"]
mod layout;
#[path = "../../../../../../pyve/src/plugins/load/library.rs"]
mod library;

use std::path::Path;

use pyve_plugin_api::{LockRequest, Request};
use pyve_plugin_api::testing::FakeHost;

fn main() {
    let path = std::env::args().nth(1).expect("the path of a plugin");
    let opened = match library::open(Path::new(&path), &mut |_| {}) {
        Ok(opened) => opened,
        Err(refusal) => {
            println!("refused: {}", refusal.why);
            refusal.details.iter().for_each(|line| println!("  {line}"));
            return;
        }
    };
    let (backend, request, host) = (opened.backend, Request::new("/nowhere", "/home"), FakeHost::new());
    println!("made with API {}", opened.api_version);
    println!("describe: {}", backend.describe().unwrap().id);
    println!("detect: {}", backend.detect(Path::new("/nowhere")).unwrap().len());
    let tool = backend.ensure_tool(&request, &host).unwrap();
    println!("ensure_tool: {}", tool.missing);
    let tool = tool.recipes[0].provides.clone().unwrap();
    println!("create: {}", backend.create(&request, &tool, &host).unwrap().prefix.display());
    println!("run: {}", backend.run(&request, &host).unwrap_err());
    println!("diagnose: {}", backend.diagnose(&request, &host).unwrap()[0].id);
    println!("inspect: {}", backend.inspect(&request, &host).unwrap().environments.len());
    println!("update: {}", backend.update(&request, &tool, &host).unwrap().steps[0].title);
    println!("lock: {}", backend.lock(&request, &LockRequest::check(), &host).unwrap().state);
    let requirements = backend.requirements(&request, &host).unwrap();
    println!("requirements: {}", requirements.requirements[0].origin);
    println!("adopt: {}", backend.adopt(&request, &requirements, &host).unwrap().adopted[0].fate);
    println!("packages: {}", backend.packages(&request, &host).unwrap()[0].build);
    println!("environments: {}", backend.environments(&request, &host).unwrap()[0].name);
    println!("novelty: {}", backend.novelty());
}
