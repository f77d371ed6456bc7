package dev.rbees.service;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How connections are taken in, by each program that serves HTTP, also by one that only hands requests on. */
@Configuration(proxyBeanMethods = false)
public class ServerEdge {

    @Bean
    ClientFaults clientFaults() {
        return new ClientFaults(System::nanoTime);
    }

    @Bean
    Connections connections(ObjectProvider<Daemon.Listening> settings, ClientFaults faults) {
        Daemon.Listening listening = settings.getIfAvailable();
        return new Connections(listening == null ? ConnectionLimits.usual() : listening.connections(), faults);
    }

    @Bean
    NettyServerCustomizer guardedConnections(Connections connections) {
        return server -> server.doOnChannelInit((_, channel, remote) -> connections.accept(channel, remote));
    }
}
