package dev.rbees.pool.service;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The two service managers that workers are handed over to, what their files look like and where these are. */
public enum ServiceManager {

    SYSTEMD {
        @Override
        public String fileName(String workerId) {
            return "rbees-" + workerId + ".service";
        }

        @Override
        public Path folder(Path home, boolean root) {
            return root ? Path.of("/etc/systemd/system") : home.resolve(".config/systemd/user");
        }

        @Override
        public String file(Service service, boolean root) {
            StringBuilder unit = new StringBuilder();
            unit.append("[Unit]\nDescription=rbees worker ").append(service.workerId())
                    .append("\nWants=network-online.target\nAfter=network-online.target\n\n[Service]\n");
            new TreeMap<>(service.environment()).forEach((name, value) -> unit.append("Environment=")
                    .append(quoted(name + "=" + value)).append('\n'));
            unit.append("ExecStart=").append(quoted(service.program().toString()));
            // why: a dollar begins a variable in this line, and only in this one
            service.arguments().forEach(word -> unit.append(' ').append(quoted(word).replace("$", "$$")));
            return unit.append(
                    "\nRestart=on-failure\nRestartSec=5\nTimeoutStopSec=40\nSuccessExitStatus=143\n\n[Install]\nWantedBy=")
                    .append(root ? "multi-user.target" : "default.target").append('\n').toString();
        }

        // why: blanks, quotes and percent signs mean something to systemd
        private String quoted(String word) {
            return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%").replace("\n", "\\n") + '"';
        }

        @Override
        public List<String> enable(Path file, boolean root) {
            String systemctl = root ? "systemctl" : "systemctl --user";
            return List.of(systemctl + " daemon-reload", systemctl + " enable --now " + file.getFileName());
        }

        @Override
        public List<String> disable(Path file, boolean root) {
            return List.of((root ? "systemctl" : "systemctl --user") + " disable --now " + file.getFileName());
        }
    },

    LAUNCHD {
        @Override
        public String fileName(String workerId) {
            return label(workerId) + ".plist";
        }

        private String label(String workerId) {
            return "dev.rbees." + workerId;
        }

        @Override
        public Path folder(Path home, boolean root) {
            return root ? Path.of("/Library/LaunchDaemons") : home.resolve("Library/LaunchAgents");
        }

        @Override
        public String file(Service service, boolean root) {
            String words = Stream
                    .concat(Stream.of(service.program().toString()), service.arguments().stream())
                    .map(word -> "        <string>" + escaped(word) + "</string>\n").collect(Collectors.joining());
            String variables = new TreeMap<>(service.environment()).entrySet().stream()
                    .map(variable -> """
                                             <key>%s</key>
                                             <string>%s</string>
                                     """.formatted(escaped(variable.getKey()), escaped(variable.getValue())))
                    .collect(Collectors.joining());
            return """
                   <?xml version="1.0" encoding="UTF-8"?>
                   <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                   <plist version="1.0">
                   <dict>
                       <key>Label</key>
                       <string>%s</string>
                       <key>ProgramArguments</key>
                       <array>
                   %s    </array>
                       <key>EnvironmentVariables</key>
                       <dict>
                   %s    </dict>
                       <key>RunAtLoad</key>
                       <true/>
                       <key>KeepAlive</key>
                       <dict>
                           <key>SuccessfulExit</key>
                           <false/>
                       </dict>
                       <key>ThrottleInterval</key>
                       <integer>5</integer>
                       <key>StandardOutPath</key>
                       <string>%s</string>
                       <key>StandardErrorPath</key>
                       <string>%s</string>
                   </dict>
                   </plist>
                   """.formatted(label(service.workerId()), words, variables, escaped(service.log().toString()),
                    escaped(service.log().toString()));
        }

        private String escaped(String text) {
            return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        }

        @Override
        public List<String> enable(Path file, boolean root) {
            return List.of("launchctl bootstrap " + domain(root) + " '" + file + "'");
        }

        @Override
        public List<String> disable(Path file, boolean root) {
            return List.of("launchctl bootout " + domain(root) + " '" + file + "'");
        }

        private String domain(boolean root) {
            return root ? "system" : "gui/$(id -u)";
        }
    };

    /** The one of this machine. */
    public static ServiceManager ofMachine() {
        return System.getProperty("os.name", "").startsWith("Mac") ? LAUNCHD : SYSTEMD;
    }

    /** What the file of a worker is called. */
    public abstract String fileName(String workerId);

    /** Where the files of a user are, or those of the machine for root. */
    public abstract Path folder(Path home, boolean root);

    /** The file by which the manager runs a worker, and again when it fails. */
    public abstract String file(Service service, boolean root);

    /** What is to be run so that the manager takes the worker over. */
    public abstract List<String> enable(Path file, boolean root);

    /** What is to be run before the file goes, so that the manager lets go of the worker. */
    public abstract List<String> disable(Path file, boolean root);
}
