//! Compiles `proto/` without protoc: server, clients and the descriptor set that reflection answers with.
//!
//! Fields that hold personal data are marked `debug_redact` in the contract. prost does not heed the mark, so the
//! `Debug` of each message with such a field is written here, and a stray `{request:?}` shows nothing.

use protox::prost_reflect::{Kind, MessageDescriptor, Value};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where the contract begins: import paths count from here.
const ROOT: &str = "proto";
/// The package, and what its files are called where they are generated.
const PACKAGE: &str = "usher.v1";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={ROOT}");
    // The pack is compiled in; a new file of it must be noticed as well as a changed one.
    println!("cargo:rerun-if-changed=config/packs");
    let files = proto_files(&Path::new(ROOT).join("usher/v1"))?;

    let mut compiler = protox::Compiler::new([ROOT])?;
    // Source info carries the comments: reflection shows them, and a test asks that none is missing.
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join(format!("{PACKAGE}.bin")), compiler.encode_file_descriptor_set())?;

    let pool = compiler.descriptor_pool();
    let discreet: Vec<_> =
        pool.all_messages().filter(|message| message.fields().any(|f| is_redacted(&f))).collect();
    fs::write(out.join(format!("{PACKAGE}.debug.rs")), debug_of(&discreet)?)?;

    let mut builder = tonic_prost_build::configure();
    for oneof in discreet.iter().flat_map(|message| message.oneofs()).filter(|oneof| !oneof.is_synthetic()) {
        // prost skips what lies inside a skipped message as well.
        builder = builder.enum_attribute(format!(".{}", oneof.full_name()), "#[derive(Debug)]");
    }
    builder
        .skip_debug(discreet.iter().map(|message| format!(".{}", message.full_name())))
        // An event is as large as its largest payload; these dwarf the others.
        .boxed(".usher.v1.Event.payload.hearing_resulted")
        .boxed(".usher.v1.Event.payload.participant_added")
        .boxed(".usher.v1.Event.payload.participant_updated")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

/// Every proto file of `folder`, in order of name, so that what is generated does not depend on the file system.
fn proto_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_redacted(field: &protox::prost_reflect::FieldDescriptor) -> bool {
    let options = field.options();
    options.get_field_by_name("debug_redact").is_some_and(|mark| *mark == Value::Bool(true))
}

/// `Debug` of each message, with `…` in place of what is redacted.
fn debug_of(messages: &[MessageDescriptor]) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for message in messages {
        let name = message.name();
        writeln!(code, "impl ::core::fmt::Debug for {name} {{")?;
        writeln!(code, "    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{")?;
        writeln!(code, "        f.debug_struct({name:?})")?;
        for field in
            message.fields().filter(|field| field.containing_oneof().is_none_or(|oneof| oneof.is_synthetic()))
        {
            let field_name = field.name();
            if is_redacted(&field) {
                writeln!(code, "            .field({field_name:?}, &::core::format_args!(\"…\"))")?;
            } else if matches!(field.kind(), Kind::Enum(_)) && !field.is_list() && !field.supports_presence()
            {
                writeln!(code, "            .field({field_name:?}, &self.{field_name}())")?;
            } else {
                writeln!(code, "            .field({field_name:?}, &self.{field_name})")?;
            }
        }
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            writeln!(code, "            .field({0:?}, &self.{0})", oneof.name())?;
        }
        writeln!(code, "            .finish()\n    }}\n}}")?;
    }
    Ok(code)
}
