package dev.rbees.ctl.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.api.json.Json;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.host.CapturedOutput;
import dev.rbees.ctl.host.HostReport;
import dev.rbees.ctl.host.HostRun;
import dev.rbees.ctl.host.ManyHosts;
import dev.rbees.ctl.host.PoolTargets;
import dev.rbees.ctl.host.RemoteDoctor;
import dev.rbees.ctl.host.SshFinding;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

import static java.nio.charset.StandardCharsets.UTF_8;

/** {@code pool doctor}. */
record PoolDoctorCommand(RemoteDoctor doctor, PoolTargets pools, Console console) {

    private static final Listing<SshFinding> FINDINGS = new Listing<>(SshFinding::name, List.of(
            Column.text("CHECK", SshFinding::name),
            Column.word("STATUS", SshFinding::status),
            Column.sentence("DETAIL", SshFinding::detail)));

    ShellCommand command() {
        return new ShellCommand(RemotePoolCommand.spec(PoolSpecs.DOCTOR), this::run);
    }

    private int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        PoolHosts hosts = PoolHosts.of(line, pools);
        return hosts.several() ? several(hosts, format) : one(hosts, format);
    }

    private int one(PoolHosts hosts, OutputFormat format) {
        CapturedOutput found = new CapturedOutput();
        int code = doctor.examine(hosts.targets().getFirst(), found, console.err());
        List<SshFinding> findings = findings(found.text());
        FINDINGS.print(console.out(), format, findings);
        tellFixes(format, "", findings);
        return code;
    }

    private int several(PoolHosts hosts, OutputFormat format) {
        List<HostRun> runs = new ManyHosts(console::say).run(hosts.targets(), doctor::examine);
        if (format == OutputFormat.TABLE || format == OutputFormat.NAME) {
            List<HostRun> shown = new ArrayList<>();
            runs.forEach(run -> shown.add(new HostRun(run.host(), run.code(), listed(format, run.out()), run.lastError(),
                    run.failure())));
            new HostReport(console.out()).print(format, shown);
            runs.forEach(run -> tellFixes(format, run.host() + ": ", findings(run.out())));
        } else {
            new HostReport(console.out()).print(format, runs);
        }
        return ManyHosts.gravest(runs);
    }

    private static List<SshFinding> findings(String json) {
        return json.isBlank() ? List.of() : List.of(Json.read(json, SshFinding[].class));
    }

    private static String listed(OutputFormat format, String json) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        FINDINGS.print(new PrintStream(text, false, UTF_8), format, findings(json));
        return text.toString(UTF_8);
    }

    private void tellFixes(OutputFormat format, String before, List<SshFinding> findings) {
        if (format == OutputFormat.TABLE) {
            findings.stream().filter(finding -> finding.fix() != null)
                    .forEach(finding -> console.say(Printable.line(before + finding.name() + ": " + finding.fix())));
        }
    }
}
