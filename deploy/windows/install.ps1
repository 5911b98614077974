#Requires -RunAsAdministrator
<#
.SYNOPSIS
  Runs Harbinger as a task that starts with the machine, as LOCAL SERVICE.
.DESCRIPTION
  Needs Node.js 24 or later, and Harbinger installed for all users. The configuration, the database and the log are in -Folder, which
  only administrators and the task can read. An existing configuration is kept.
.EXAMPLE
  .\install.ps1
.EXAMPLE
  .\install.ps1 -Remove
#>
[CmdletBinding()]
param(
  [string] $Folder = (Join-Path $env:ProgramData 'Harbinger'),
  [string] $Node = (Get-Command node.exe -ErrorAction SilentlyContinue).Source,
  # bin\harbinger.js of the installed package
  [string] $Program = '',
  [switch] $Remove
)
$ErrorActionPreference = 'Stop'
$task = 'Harbinger'

if (Get-ScheduledTask -TaskName $task -ErrorAction SilentlyContinue) {
  Stop-ScheduledTask -TaskName $task
  Unregister-ScheduledTask -TaskName $task -Confirm:$false
}
if ($Remove) {
  Write-Output "The task is gone. What it kept is in $Folder."
  exit 0
}

if (-not $Node) { throw 'node.exe is not in the PATH. Install Node.js 24, or name it: -Node C:\...\node.exe' }
if (-not $Program) { $Program = Join-Path (& npm.cmd root --global) 'harbinger\bin\harbinger.js' }
if (-not (Test-Path $Program)) { throw "$Program is not there. Install Harbinger, or name its file: -Program C:\...\bin\harbinger.js" }

New-Item -ItemType Directory -Force -Path $Folder | Out-Null
# By numbers, because group names are in the language of the system: SYSTEM, Administrators, LOCAL SERVICE.
& icacls.exe $Folder /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-19:(OI)(CI)M' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "The access list of $Folder cannot be set." }

$config = Join-Path $Folder 'harbinger.yaml'
if (-not (Test-Path $config)) {
  & $Node $Program config init --yes --output $config
  if ($LASTEXITCODE -ne 0) { throw 'The first configuration cannot be written.' }
}
& $Node $Program config check --config $config
if ($LASTEXITCODE -ne 0) { throw "Correct $config, then start this again." }

$xml = Get-Content -Raw (Join-Path $PSScriptRoot 'harbinger-task.xml')
foreach ($name in @{ NODE = $Node; PROGRAM = $Program; FOLDER = $Folder }.GetEnumerator()) {
  $xml = $xml.Replace("@$($name.Key)@", [Security.SecurityElement]::Escape($name.Value))
}
# The text is in memory, as UTF-16: the encoding declaration of the file does not apply.
Register-ScheduledTask -TaskName $task -Xml ($xml -replace '<\?xml[^>]*\?>', '') | Out-Null
Start-ScheduledTask -TaskName $task
Write-Output "Harbinger runs. Its log: $(Join-Path $Folder 'harbinger.log')"
