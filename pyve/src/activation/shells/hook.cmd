@rem pyve's hook for cmd: pyve shell-hook cmd > "%USERPROFILE%\pyve-hook.cmd"
@rem In each cmd, as by the value AutoRun of HKCU\Software\Microsoft\Command Processor:
@rem call "%USERPROFILE%\pyve-hook.cmd" --define
@rem
@rem activate and deactivate print commands, which go into a file that is called here; all else is the program's.
@if "%~1"=="--define" (
    doskey pyve=call "%~f0" $*
    exit /b 0
)
@rem The command stands behind options of pyve itself; what is shifted away is still in what all arguments are.
:pyve_look
@set "__pyve_word=%~1"
@if "%__pyve_word%"=="activate" goto pyve_call
@if "%__pyve_word%"=="deactivate" goto pyve_call
@if not "%__pyve_word:~0,1%"=="-" goto pyve_other
@if "%__pyve_word%"=="-C" shift /1
@if "%__pyve_word%"=="--color" shift /1
@shift /1
@goto pyve_look

:pyve_other
@set "__pyve_word="
@pyve.exe %*
@exit /b %ERRORLEVEL%

:pyve_call
@rem With delayed expansion the values would be read once more.
@if "!!"=="" (
    echo error: pyve cannot set variables in a cmd that was started with /v:on 1>&2
    exit /b 1
)
@set "__pyve_file=%TEMP%\pyve-%RANDOM%-%RANDOM%-%RANDOM%.cmd"
@pyve.exe %* --shell cmd > "%__pyve_file%"
@set "__pyve_code=%ERRORLEVEL%"
@if not "%__pyve_code%"=="0" goto pyve_end
@set "__pyve_first="
@set /p "__pyve_first=" < "%__pyve_file%"
@if not "%__pyve_first%"=="@rem pyve" (
    type "%__pyve_file%"
    goto pyve_end
)
@rem What pyve prints is UTF-8.
@set "__pyve_page="
@for /f "tokens=2 delims=:." %%p in ('"%SystemRoot%\System32\chcp.com"') do @set "__pyve_page=%%p"
@if defined __pyve_page "%SystemRoot%\System32\chcp.com" 65001 > nul
@call "%__pyve_file%"
@if defined __pyve_page "%SystemRoot%\System32\chcp.com" %__pyve_page% > nul

:pyve_end
@del "%__pyve_file%" > nul 2>&1
@set "__pyve_word="
@set "__pyve_file="
@set "__pyve_page="
@set "__pyve_first="
@set "__pyve_code=" & exit /b %__pyve_code%
