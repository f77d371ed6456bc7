package dev.rbees.orchestrator.provisioning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** A shell script that plays rbees-pool: what it does is in files of its folder, and what it was asked is written there. */
final class PoolScript {

    static final String STATUS = """
                                 {"schema":1,"host":"cellar","memory":{"total_bytes":16000,"available_bytes":8000},
                                  "disk":{"path":"/models","total_bytes":100,"free_bytes":50},"gpus":[],
                                  "models":[{"id":"here","name":"here","downloaded":true,"format":"gguf","size_bytes":10}],
                                  "workers":[]}""";

    private final Path folder;

    PoolScript(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        on("status", "echo '" + STATUS.replace("\n", "") + "'");
        on("download", "true");
        on("spawn", "true");
        on("stop", "true");
    }

    /** What it does when it is asked for a status, a download, a spawn or a stop: shell code. */
    PoolScript on(String what, String does) throws IOException {
        Files.writeString(folder.resolve(what), does + "\n");
        return this;
    }

    /** The script. */
    String text() {
        return """
               echo "$*" >> %1$s/calls
               case "$*" in
                 *status*) . %1$s/status ;;
                 *"models download"*) . %1$s/download ;;
                 *"worker spawn"*) . %1$s/spawn ;;
                 *"worker stop"*) . %1$s/stop ;;
                 *) exit 2 ;;
               esac
               """.formatted(folder);
    }

    /** What it was asked, in order. */
    List<String> calls() throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** This script on this machine. */
    LocalPoolAccess access() throws IOException {
        Path program = Files.writeString(folder.resolve("rbees-pool"), "#!/bin/sh\n" + text());
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new LocalPoolAccess(program, Map.of("PATH", "/usr/bin:/bin"));
    }
}
