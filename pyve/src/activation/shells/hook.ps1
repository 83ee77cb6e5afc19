# pyve's hook for PowerShell. In $PROFILE: pyve shell-hook powershell | Out-String | Invoke-Expression
#
# activate and deactivate print code, which is evaluated here; all else is the program's. It is called as an application,
# so that this function never calls itself.
function global:pyve {
    $pyveProgram = Microsoft.PowerShell.Core\Get-Command -Name pyve -CommandType Application -TotalCount 1 -ErrorAction Stop
    $pyveAt = 0
    while ($pyveAt -lt $args.Count -and "$($args[$pyveAt])".StartsWith('-')) {
        if (@('-C', '--color') -ccontains $args[$pyveAt]) { $pyveAt += 1 }
        $pyveAt += 1
    }
    if ($pyveAt -lt $args.Count -and @('activate', 'deactivate') -ccontains $args[$pyveAt]) {
        $pyveBefore = @($args[0..$pyveAt])
        $pyveBehind = @(if ($pyveAt + 1 -lt $args.Count) { $args[($pyveAt + 1)..($args.Count - 1)] })
        # What pyve prints is UTF-8, whatever the console takes the output of programs for.
        $pyveEncoding = [Console]::OutputEncoding
        try {
            try { [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false) } catch { }
            $pyveCode = (& $pyveProgram @pyveBefore --shell powershell @pyveBehind) -join "`n"
            if ($LASTEXITCODE -eq 0) {
                if ($pyveCode.StartsWith('# pyve')) {
                    Microsoft.PowerShell.Utility\Invoke-Expression -Command $pyveCode
                } else {
                    $pyveCode
                }
            }
        } finally {
            try { [Console]::OutputEncoding = $pyveEncoding } catch { }
        }
        return
    }
    if ($MyInvocation.ExpectingInput) { $input | & $pyveProgram @args } else { & $pyveProgram @args }
}
# The prompt that is there is kept below another name and asked, unless it is this one already. It starts no program, so
# that $LASTEXITCODE stays, and the prompt below finds $? as it was.
if ("$function:prompt" -notlike '*PYVE_PROMPT_PREFIX*') {
    function global:_pyve_prompt { '' }
    Microsoft.PowerShell.Management\Copy-Item -Path Function:prompt -Destination Function:_pyve_prompt
    function global:prompt {
        $pyveWorked = $?
        $pyvePart = ''
        if ($env:PYVE_PROMPT_PREFIX -and -not $env:VIRTUAL_ENV_DISABLE_PROMPT) {
            $pyvePart = ($env:PYVE_PROMPT_PREFIX -replace '[\x00-\x1f\x7f-\x9f]', '') + ' '
        }
        if (-not $pyveWorked) { Microsoft.PowerShell.Utility\Write-Error -Message '' -ErrorAction Ignore }
        $pyveRest = _pyve_prompt
        "$pyvePart$pyveRest"
    }
}
