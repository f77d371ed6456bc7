package dev.rbees.pool.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class MavenSettingsTest {

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();

    private MavenSettings.Repository repository() throws Exception {
        return new MavenSettings(environment, folder).repository();
    }

    private SourceException refusal() {
        return catchThrowableOfType(SourceException.class, this::repository);
    }

    private void settings(String text) throws Exception {
        Files.createDirectories(folder.resolve(".m2"));
        Files.writeString(folder.resolve(".m2/settings.xml"), text);
    }

    private static String mirror(String id, String of, String url) {
        return "<mirror><id>" + id + "</id><mirrorOf>" + of + "</mirrorOf><url>" + url + "</url></mirror>";
    }

    private void maven(String script) throws Exception {
        Path bin = Files.createDirectories(folder.resolve("maven/bin"));
        Path mvn = Files.writeString(bin.resolve("mvn"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwx------"));
        environment.put("PATH", bin.toString());
    }

    @Test
    void theMirrorThatNamesTheRepositoryComesFirst() throws Exception {
        settings("<settings xmlns='http://maven.apache.org/SETTINGS/1.2.0'><mirrors>"
                + mirror("any", "*", "http://any.example/m2")
                + mirror("exact", "central", "http://exact.example/m2") + "</mirrors></settings>");

        assertThat(repository().url()).isEqualTo("http://exact.example/m2");
    }

    @ParameterizedTest
    @CsvSource({"*, true", "external:*, true", "'a,central', true", "'*,!central', false", "'!central,*', false",
        "external:http:*, false", "other, false", "'*, !other', true"})
    void aPatternFitsAsMavenReadsIt(String pattern, boolean fits) {
        assertThat(MavenSettings.fits(pattern)).isEqualTo(fits);
    }

    @Test
    void theLoginOfAMirrorIsReadAndNeverShown() throws Exception {
        environment.put("SECRET", "canary");
        settings("<settings><mirrors>" + mirror("ours", "*", "http://ours.example")
                + "</mirrors><servers><server><id>ours</id>"
                + "<username>me</username><password>${env.SECRET}</password></server></servers></settings>");
        assertThat(repository().login()).isEqualTo("me:canary");
        assertThat(repository()).hasToString("http://ours.example");

        settings("<settings><mirrors>" + mirror("ours", "*", "http://ours.example")
                + "</mirrors><servers><server><id>ours</id>"
                + "<username>me</username><password>{COQLCE6DU6GtcS5P9fkeJ1A2B3==}</password></server></servers></settings>");
        assertThat(refusal().code()).isEqualTo(ErrorCode.UNAUTHORIZED);
    }

    @Test
    void theInstalledMavenIsAskedWhenThereIsNoMirror() throws Exception {
        maven("""
              echo '<repositories><org.apache.maven.model.Repository><id>other</id><url>http://other.example</url>'
              echo '</org.apache.maven.model.Repository><org.apache.maven.model.Repository>'
              echo ' <id>central</id> <name>C</name>'
              echo ' <url>https://central.example/maven2</url></org.apache.maven.model.Repository></repositories>'
              """);

        assertThat(repository().url()).isEqualTo("https://central.example/maven2");
    }

    @Test
    void theSettingsOfTheInstalledMavenCountAsWell() throws Exception {
        maven("echo never");
        Files.createDirectories(folder.resolve("maven/conf"));
        Files.writeString(folder.resolve("maven/conf/settings.xml"),
                "<settings><mirrors>" + mirror("all", "*", "http://all.example") + "</mirrors></settings>");

        assertThat(repository().url()).isEqualTo("http://all.example");
    }

    @Test
    void withoutMavenItSaysWhatToDo() throws Exception {
        environment.put("PATH", folder.toString());
        assertThat(refusal().reason()).startsWith("no repository is known: install Maven, or name a mirror of 'central'");

        settings("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><settings>&e;</settings>");
        assertThat(refusal().reason()).endsWith("settings.xml cannot be read");
    }
}
