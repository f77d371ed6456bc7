package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.home.SearchPath;

/**
 * Where Maven on this machine gets its artifacts from. We name no repository ourselves: it is the mirror that
 * {@code settings.xml} names for the repository {@value #REPOSITORY}, or what the installed {@code mvn} says it uses.
 */
final class MavenSettings {

    private static final String REPOSITORY = "central";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long LARGEST = 1024 * 1024;
    private static final Pattern ADDRESS = Pattern
            .compile("<id>" + REPOSITORY + "</id>(?:(?!</?repositor).){0,2000}?<url>\\s*([^<\\s]{1,2000})\\s*</url>",
                    Pattern.DOTALL);
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env\\.(\\w+)}");

    private final Map<String, String> environment;
    private final Path userHome;

    MavenSettings(Map<String, String> environment, Path userHome) {
        this.environment = environment;
        this.userHome = userHome;
    }

    /**
     * A repository of artifacts.
     *
     * @param url its address
     * @param login {@code user:password}, empty for none
     */
    record Repository(String url, String login) {
        @Override
        public String toString() {
            return url; // why: the login is nobody's business
        }
    }

    /** @throws SourceException when there is neither a setting nor a Maven */
    Repository repository() throws SourceException {
        for (Path file : files()) {
            Optional<Element> settings = read(file);
            Optional<Element> mirror = settings.flatMap(MavenSettings::mirror);
            if (mirror.isPresent()) {
                return new Repository(text(mirror.get(), "url"), login(settings.orElseThrow(), text(mirror.get(), "id")));
            }
        }
        return new Repository(ask(), "");
    }

    private String ask() throws SourceException {
        List<String> arguments = List.of("-B", "-q", "help:evaluate", "-Dexpression=project.repositories", "-DforceStdout");
        Optional<String> answer = new ToolOutput(environment, Map.of(), PATIENCE).of("mvn", arguments);
        return answer.map(ADDRESS::matcher).filter(Matcher::find).map(found -> found.group(1))
                .orElseThrow(
                        () -> new SourceException(ErrorCode.INVALID_REQUEST, "no repository is known: install Maven, or name"
                                + " a mirror of '" + REPOSITORY + "' in " + userHome.resolve(".m2/settings.xml")));
    }

    /** Maven's own files of settings; an earlier one comes before a later one. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>(List.of(userHome.resolve(".m2/settings.xml")));
        for (String variable : List.of("MAVEN_HOME", "M2_HOME")) {
            String home = environment.getOrDefault(variable, "");
            if (!home.isEmpty()) {
                files.add(Path.of(home).resolve("conf/settings.xml"));
            }
        }
        SearchPath.find("mvn", environment).ifPresent(mvn -> {
            try {
                files.add(mvn.toRealPath().resolveSibling("../conf/settings.xml").normalize());
            } catch (IOException _) {
                // then it cannot be run either
            }
        });
        return files;
    }

    private static Optional<Element> read(Path file) throws SourceException {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
                return Optional.empty();
            }
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            // why: entities of a document type can read files and fill the memory
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return Optional.of(builder.parse(file.toFile()).getDocumentElement());
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new SourceException("Maven's " + file + " cannot be read", e);
        }
    }

    /** The mirror for our repository: one that names it, else the first whose pattern fits. */
    private static Optional<Element> mirror(Element settings) {
        List<Element> mirrors = elements(settings, "mirror");
        return mirrors.stream().filter(mirror -> text(mirror, "mirrorOf").equals(REPOSITORY)).findFirst()
                .or(() -> mirrors.stream().filter(mirror -> fits(text(mirror, "mirrorOf"))).findFirst());
    }

    /** Source: Maven's guide to mirror settings, "Advanced Mirror Specification". */
    static boolean fits(String pattern) {
        boolean fits = false;
        for (String part : pattern.split(",", -1)) {
            String name = part.strip();
            if (name.equals("!" + REPOSITORY)) {
                return false;
            }
            fits |= name.equals("*") || name.equals("external:*") || name.equals(REPOSITORY);
        }
        return fits;
    }

    private String login(Element settings, String id) throws SourceException {
        for (Element server : elements(settings, "server")) {
            String password = text(server, "password");
            if (text(server, "id").equals(id) && !password.isEmpty()) {
                if (password.matches("(?s).*\\{.{20,}}.*")) {
                    throw new SourceException(ErrorCode.UNAUTHORIZED, "the password of '" + id
                            + "' in Maven's settings is encrypted, which only Maven can read");
                }
                return plain(text(server, "username")) + ":" + plain(password);
            }
        }
        return "";
    }

    private String plain(String text) throws SourceException {
        String plain = VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(environment.getOrDefault(found.group(1), "")));
        if (plain.contains("${")) {
            throw new SourceException("a server in Maven's settings has a property in its login, which only Maven knows");
        }
        return plain;
    }

    private static List<Element> elements(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    private static String text(Element parent, String name) {
        List<Element> found = elements(parent, name);
        return found.isEmpty() ? "" : found.getFirst().getTextContent().strip();
    }
}
