# pyve's hook for nushell. Once, and after each update of pyve:
# pyve shell-hook nushell | save -f ($nu.user-autoload-dirs.0 | path join pyve.nu)
#
# activate and deactivate print the variables as JSON, which are taken over here; all else is the program's.
def --env --wrapped pyve [...words: string] {
    let input = $in
    mut at = 0
    while $at < ($words | length) and ($words | get $at | str starts-with '-') {
        if ($words | get $at) in ['-C' '--color'] { $at += 1 }
        $at += 1
    }
    let command = ($words | get --optional $at)
    if $command in ['activate' 'deactivate'] {
        let before = ($words | first ($at + 1))
        let behind = ($words | skip ($at + 1))
        let said = (^pyve ...$before --shell nushell ...$behind | complete)
        print --stderr --no-newline $said.stderr
        if $said.exit_code != 0 {
            error make --unspanned { msg: $"pyve ($command) failed with exit code ($said.exit_code)" }
        } else if not ($said.stdout | str starts-with '{') {
            $said.stdout
        } else {
            let changes = ($said.stdout | from json)
            for name in $changes.hide-env { hide-env --ignore-errors $name }
            # PATH is a list in nushell, and so may others be.
            let conversions = ($env.ENV_CONVERSIONS? | default {})
            load-env ($changes.load-env | items {|name, value|
                let conversion = ($conversions | get --optional $name | get --optional from_string)
                if $conversion != null {
                    [$name (do $conversion $value)]
                } else if ($name | str downcase) == 'path' {
                    [$name ($value | split row (char esep))]
                } else {
                    [$name $value]
                }
            } | into record)
        }
    } else if $input == null {
        ^pyve ...$words
    } else {
        $input | ^pyve ...$words
    }
}
# The prompt that is there is kept and asked, unless it is this one already. A closure is nothing that programs are given.
if '__pyve_prompt' not-in $env {
    let __pyve_before = (if $env.PROMPT_COMMAND? == null { $'($env.PWD)' } else { $env.PROMPT_COMMAND })
    $env.__pyve_prompt = {||
        if ($__pyve_before | describe) == 'closure' { do $__pyve_before } else { $__pyve_before }
    }
    $env.PROMPT_COMMAND = {||
        let rest = (do $env.__pyve_prompt)
        if ($env.PYVE_PROMPT_PREFIX? | is-empty) or ($env.VIRTUAL_ENV_DISABLE_PROMPT? | is-not-empty) {
            $rest
        } else {
            let part = ($env.PYVE_PROMPT_PREFIX | str replace --all --regex '[[:cntrl:]]' '')
            $'($part) ($rest)'
        }
    }
}
