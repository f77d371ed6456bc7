package dev.rbees.pool.command;

import java.util.List;
import java.util.function.Supplier;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.CommandLine;
import dev.rbees.pool.doctor.Doctor;
import dev.rbees.pool.doctor.Finding;
import dev.rbees.pool.doctor.Finding.Status;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code doctor}. */
record DoctorCommand(Supplier<Doctor> doctor, Console console) {

    private static final Listing<Finding> FINDINGS = new Listing<>(Finding::name, List.of(
            Column.text("CHECK", Finding::name),
            Column.word("STATUS", finding -> finding.status().word()),
            Column.sentence("DETAIL", Finding::detail)));

    int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<Finding> findings = doctor.get().examine();
        FINDINGS.print(console.out(), format, findings);
        if (format == OutputFormat.TABLE) {
            findings.stream().filter(finding -> finding.fix() != null)
                    .forEach(finding -> console.say(finding.name() + ": " + finding.fix()));
        }
        boolean failed = findings.stream().anyMatch(finding -> finding.status() == Status.FAIL);
        return (failed ? ExitCode.FINDINGS : ExitCode.OK).code();
    }
}
